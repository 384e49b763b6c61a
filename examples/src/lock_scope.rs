//! Ways to hold a lock longer than the lines show, and which of them Clippy reports. The page
//! `src/misuse/lock-scope.md` has the commands.
//!
//! All but the last settle what they find in the queue, and hold its lock meanwhile.
//!
//! # Panics
//!
//! If the queue is poisoned or has too few orders, or if `settle` panics.

// ANCHOR: held
#![warn(clippy::significant_drop_in_scrutinee)]
#![warn(clippy::significant_drop_tightening)]

use std::sync::Mutex;

pub type Queue = Mutex<Vec<u32>>;

pub fn seen(queue: &Queue, settle: impl Fn(u32)) {
    #[expect(clippy::significant_drop_in_scrutinee)]
    match queue.lock().unwrap().pop() {
        Some(order) => settle(order),
        None => println!("no order"),
    }
    #[expect(clippy::significant_drop_in_scrutinee)]
    for order in queue.lock().unwrap().clone() {
        settle(order);
    }
}

#[expect(clippy::significant_drop_tightening)]
pub fn named(queue: &Queue, settle: impl Fn(u32)) {
    let mut orders = queue.lock().unwrap();
    let order = orders.remove(0);
    settle(order);
}

pub fn missed(queue: &Queue, settle: impl Fn(u32)) {
    settle(queue.lock().unwrap().remove(0));
    for order in queue.lock().unwrap().drain(..) {
        settle(order);
    }
}
// ANCHOR_END: held

// ANCHOR: relock
/// Deadlocks, or panics, if an order waits.
#[expect(clippy::significant_drop_in_scrutinee)]
pub fn relock(queue: &Queue) {
    if let Some(order) = queue.lock().unwrap().pop() {
        queue.lock().unwrap().push(order); // waits for itself
    } else {
        queue.lock().unwrap().push(1); // free in edition 2024
    }
}
// ANCHOR_END: relock

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    /// How often `hold` calls `settle`, which finds the lock held each time.
    fn settled(hold: impl FnOnce(&Queue, &dyn Fn(u32))) -> u32 {
        let queue = Queue::new(vec![7, 8]);
        let times = Cell::new(0);
        hold(&queue, &|_| {
            assert!(queue.try_lock().is_err(), "the lock is free");
            times.set(times.get() + 1);
        });
        assert!(queue.try_lock().is_ok(), "the lock is lost");
        times.get()
    }

    #[test]
    fn every_function_holds_the_lock_while_it_settles() {
        assert_eq!(settled(|queue, settle| seen(queue, settle)), 2);
        assert_eq!(settled(|queue, settle| named(queue, settle)), 1);
        assert_eq!(settled(|queue, settle| missed(queue, settle)), 2);
    }

    #[test]
    fn an_empty_queue_is_locked_twice_without_a_deadlock() {
        let queue = Queue::default();
        relock(&queue);
        assert_eq!(*queue.lock().unwrap(), [1]);
    }
}
