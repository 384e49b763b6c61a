//! Exercise `drop-order`, for the page `src/foundations/drop-order.md`: a stack of deferred
//! cleanups. Edit `start.rs`, run `cargo run -q -p companion --bin exercise -- drop-order`.

mod solution;
mod start;

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::rc::Rc;

/// What a stack defers.
pub type Cleanup = Box<dyn FnOnce()>;

/// Which cleanups ran, in their order.
type Log = Rc<RefCell<Vec<usize>>>;

/// Three cleanups that log their number; the one at `faulty` then panics, past the panic hook.
fn cleanups(log: &Log, faulty: Option<usize>) -> Vec<Cleanup> {
    let cleanup = |id| {
        let log = Rc::clone(log);
        let cleanup = move || {
            log.borrow_mut().push(id);
            if faulty == Some(id) {
                resume_unwind(Box::new("a cleanup panics"));
            }
        };
        Box::new(cleanup) as Cleanup
    };
    (0..3).map(cleanup).collect()
}

/// Says whether `run`, which defers the cleanups in turn and drops the stack, runs them last
/// first, and all of them when one panics.
fn check(run: impl Fn(Vec<Cleanup>)) -> Result<(), String> {
    let log = Log::default();
    run(cleanups(&log, None));
    let ran = log.take();
    if ran != [2, 1, 0] {
        return Err(format!("the cleanups ran in the order {ran:?}"));
    }

    let caught = catch_unwind(AssertUnwindSafe(|| run(cleanups(&log, Some(1)))));
    let ran = log.take();
    if ran != [2, 1, 0] {
        return Err(format!("cleanup 1 panicked, and only {ran:?} ran"));
    }
    if caught.is_ok() {
        return Err("cleanup 1 panicked, and nobody hears of it".into());
    }
    Ok(())
}

/// Checks `start.rs`.
pub fn start() -> Result<(), String> {
    check(|cleanups| {
        let mut stack = start::DeferStack::default();
        for cleanup in cleanups {
            stack.defer(cleanup);
        }
    })
}

/// Checks `solution.rs`.
pub fn solution() -> Result<(), String> {
    check(|cleanups| {
        let mut stack = solution::DeferStack::default();
        for cleanup in cleanups {
            stack.defer(cleanup);
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_solution_runs_everything_while_its_owner_unwinds() {
        let log = Log::default();
        let unwound = catch_unwind(AssertUnwindSafe(|| {
            let mut stack = solution::DeferStack::default();
            for cleanup in cleanups(&log, Some(1)) {
                stack.defer(cleanup);
            }
            resume_unwind(Box::new("the owner panics"));
        }));
        let panic = unwound.expect_err("the owner panics");
        assert_eq!(panic.downcast_ref(), Some(&"the owner panics"));
        assert_eq!(log.take(), [2, 1, 0]);
    }

    #[test]
    fn every_wrong_answer_is_told_apart() {
        let never = |cleanups: Vec<Cleanup>| drop(cleanups);
        assert_eq!(check(never), Err("the cleanups ran in the order []".into()));

        let forward = |cleanups: Vec<Cleanup>| cleanups.into_iter().for_each(|cleanup| cleanup());
        assert_eq!(
            check(forward),
            Err("the cleanups ran in the order [0, 1, 2]".into())
        );

        let unguarded = |mut cleanups: Vec<Cleanup>| {
            while let Some(cleanup) = cleanups.pop() {
                cleanup();
            }
        };
        assert_eq!(
            check(unguarded),
            Err("cleanup 1 panicked, and only [2, 1] ran".into())
        );

        let silent = |mut cleanups: Vec<Cleanup>| {
            while let Some(cleanup) = cleanups.pop() {
                catch_unwind(AssertUnwindSafe(cleanup)).ok();
            }
        };
        assert_eq!(
            check(silent),
            Err("cleanup 1 panicked, and nobody hears of it".into())
        );
    }
}
