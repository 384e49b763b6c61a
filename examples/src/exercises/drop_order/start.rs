//! The cleanups must run last first, and all of them even if one panics; its panic then goes on.
//! Mend `drop`.

use super::Cleanup;

/// Go's `defer` in a loop: collects cleanups, and runs them when it is dropped.
#[derive(Default)]
pub struct DeferStack(Vec<Cleanup>);

impl DeferStack {
    pub fn defer(&mut self, cleanup: Cleanup) {
        self.0.push(cleanup);
    }
}

impl Drop for DeferStack {
    fn drop(&mut self) {
        for cleanup in self.0.drain(..) {
            cleanup();
        }
    }
}
