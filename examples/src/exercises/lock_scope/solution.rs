//! The lock lives in a function that gives an owned order back.

use super::Queue;

// ANCHOR: solution
pub fn work(queue: &Queue, settle: &dyn Fn(u32)) {
    let next = || queue.lock().pop_front();
    while let Some(order) = next() {
        settle(order);
    }
}
// ANCHOR_END: solution
