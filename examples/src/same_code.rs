//! A cleanup by hand and by a guard. With optimisations they are one function: rustc merges them,
//! and the page `src/practice/cost.md` shows where. This file is complete, for rustc alone.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

// ANCHOR: both
static OPEN: AtomicU64 = AtomicU64::new(0);

struct Connection;

impl Drop for Connection {
    fn drop(&mut self) {
        release();
    }
}

pub fn direct() {
    OPEN.fetch_add(1, Relaxed);
    release();
}

pub fn guarded() {
    let _connection = Connection;
    OPEN.fetch_add(1, Relaxed);
}
// ANCHOR_END: both

/// A call of its own, so that there is something to see.
#[inline(never)]
pub fn release() {
    OPEN.fetch_sub(1, Relaxed);
}
