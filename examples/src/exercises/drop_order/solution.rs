//! A cleanup that panics does not keep the others from running; its panic goes on after them.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::thread;

use super::Cleanup;

#[derive(Default)]
pub struct DeferStack(Vec<Cleanup>);

impl DeferStack {
    pub fn defer(&mut self, cleanup: Cleanup) {
        self.0.push(cleanup);
    }
}

// ANCHOR: solution
impl Drop for DeferStack {
    fn drop(&mut self) {
        let mut first = None;
        while let Some(cleanup) = self.0.pop() {
            let ran = catch_unwind(AssertUnwindSafe(cleanup));
            if let Err(panic) = ran {
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
// ANCHOR_END: solution
