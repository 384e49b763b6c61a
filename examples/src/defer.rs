//! Go's `defer` as values: [`defer`] holds one cleanup, a [`DeferStack`] as many as a loop registers.
//!
//! Page: `src/practice/cost.md`. What they cost: `cargo bench -p benches`, and against Go
//! `cargo xtask measure`.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::thread;

// ANCHOR: guard
/// Calls its closure when it is dropped.
#[must_use = "the cleanup runs at once, unless you give it a name"]
pub struct Guard<F: FnOnce()>(Option<F>);

/// A guard that runs `cleanup` at the end of its scope.
///
/// # Panics
///
/// The drop does, if `cleanup` does. While the thread already unwinds,
/// that aborts the process.
pub fn defer<F: FnOnce()>(cleanup: F) -> Guard<F> {
    Guard(Some(cleanup))
}

impl<F: FnOnce()> Drop for Guard<F> {
    fn drop(&mut self) {
        if let Some(cleanup) = self.0.take() {
            cleanup();
        }
    }
}
// ANCHOR_END: guard

// ANCHOR: stack
/// Collects cleanups, and runs them last first when it is dropped.
#[derive(Default)]
pub struct DeferStack<'a>(Vec<Box<dyn FnOnce() + 'a>>);

impl<'a> DeferStack<'a> {
    /// Registers a cleanup. The box is allocated if the closure
    /// captures something.
    pub fn defer(&mut self, cleanup: impl FnOnce() + 'a) {
        self.0.push(Box::new(cleanup));
    }
}
// ANCHOR_END: stack

impl Drop for DeferStack<'_> {
    /// Runs every cleanup, also if one panics.
    ///
    /// # Panics
    ///
    /// With the first panic of a cleanup, after all have run; if the thread already unwinds, never.
    fn drop(&mut self) {
        let mut first = None;
        while let Some(cleanup) = self.0.pop() {
            if let Err(panic) = catch_unwind(AssertUnwindSafe(cleanup)) {
                first.get_or_insert(panic);
            }
        }
        if let Some(panic) = first
            && !thread::panicking()
        {
            resume_unwind(panic);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::RefCell;

    #[test]
    fn a_guard_runs_once_at_the_end_of_its_scope() {
        let log = RefCell::new(Vec::new());
        {
            let _guard = defer(|| log.borrow_mut().push("cleanup"));
            log.borrow_mut().push("body");
        }
        assert_eq!(log.into_inner(), ["body", "cleanup"]);
    }

    #[test]
    fn a_stack_runs_last_first() {
        let log = RefCell::new(Vec::new());
        {
            let mut stack = DeferStack::default();
            for part in 0..3 {
                stack.defer({
                    let log = &log;
                    move || log.borrow_mut().push(part)
                });
            }
        }
        assert_eq!(log.into_inner(), [2, 1, 0]);
    }

    #[test]
    fn a_cleanup_that_panics_does_not_stop_the_others() {
        let log = RefCell::new(Vec::new());
        let caught = catch_unwind(AssertUnwindSafe(|| {
            let mut stack = DeferStack::default();
            stack.defer(|| log.borrow_mut().push("first"));
            stack.defer(|| panic!("the second"));
            stack.defer(|| panic!("the third"));
        }));
        let panic = caught.expect_err("the panic goes on");
        assert_eq!(panic.downcast_ref(), Some(&"the third"));
        assert_eq!(log.into_inner(), ["first"]);
    }

    #[test]
    fn a_second_panic_does_not_abort_the_first() {
        let log = RefCell::new(Vec::new());
        let caught = catch_unwind(AssertUnwindSafe(|| {
            let mut stack = DeferStack::default();
            stack.defer(|| log.borrow_mut().push("cleanup"));
            stack.defer(|| panic!("the cleanup"));
            panic!("the body");
        }));
        let panic = caught.expect_err("it panics");
        assert_eq!(panic.downcast_ref(), Some(&"the body"));
        assert_eq!(log.into_inner(), ["cleanup"]);
    }
}
