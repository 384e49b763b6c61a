//! The worker must settle each order of the queue once, and never under the lock: it is slow, and
//! may queue a new order. Other workers share the queue. Mend it.

use super::Queue;

/// Settles orders until the queue is empty.
pub fn work(queue: &Queue, settle: &dyn Fn(u32)) {
    while let Some(order) = queue.lock().pop_front() {
        settle(order);
    }
}
