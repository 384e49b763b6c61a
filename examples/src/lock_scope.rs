//! Ways to hold a lock longer than the lines show. Clippy reads this file for the page
//! `src/misuse/lock-scope.md`, which has the commands.
//!
//! All but the last settle what they find in the queue, and hold its lock meanwhile.
//!
//! # Panics
//!
//! If the queue is poisoned, or `settle` panics.

use std::sync::Mutex;

// ANCHOR: held
pub type Queue = Mutex<Vec<u32>>;

pub fn if_let(queue: &Queue, settle: impl Fn(u32)) {
    if let Some(order) = queue.lock().unwrap().pop() {
        settle(order);
    }
}

pub fn match_on(queue: &Queue, settle: impl Fn(u32)) {
    match queue.lock().unwrap().pop() {
        Some(order) => settle(order),
        None => println!("no order"),
    }
}

pub fn while_let(queue: &Queue, settle: impl Fn(u32)) {
    while let Some(order) = queue.lock().unwrap().pop() {
        settle(order);
    }
}

pub fn for_in(queue: &Queue, settle: impl Fn(u32)) {
    for order in queue.lock().unwrap().drain(..) {
        settle(order);
    }
}

pub fn for_clone(queue: &Queue, settle: impl Fn(u32)) {
    for order in queue.lock().unwrap().clone() {
        settle(order);
    }
}

pub fn argument(queue: &Queue, settle: impl Fn(Option<u32>)) {
    settle(queue.lock().unwrap().pop());
}

pub fn named(queue: &Queue, settle: impl Fn(Option<u32>)) {
    let mut orders = queue.lock().unwrap();
    let order = orders.pop();
    settle(order);
}
// ANCHOR_END: held

// ANCHOR: relock
/// Deadlocks, or panics, if an order waits.
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
    fn settled(hold: impl FnOnce(&Queue, &dyn Fn())) -> u32 {
        let queue = Queue::new(vec![7]);
        let times = Cell::new(0);
        hold(&queue, &|| {
            assert!(queue.try_lock().is_err(), "the lock is free");
            times.set(times.get() + 1);
        });
        assert!(queue.try_lock().is_ok(), "the lock is lost");
        times.get()
    }

    #[test]
    fn every_function_holds_the_lock_while_it_settles() {
        assert_eq!(settled(|queue, settle| if_let(queue, |_| settle())), 1);
        assert_eq!(settled(|queue, settle| match_on(queue, |_| settle())), 1);
        assert_eq!(settled(|queue, settle| while_let(queue, |_| settle())), 1);
        assert_eq!(settled(|queue, settle| for_in(queue, |_| settle())), 1);
        assert_eq!(settled(|queue, settle| for_clone(queue, |_| settle())), 1);
        assert_eq!(settled(|queue, settle| argument(queue, |_| settle())), 1);
        assert_eq!(settled(|queue, settle| named(queue, |_| settle())), 1);
    }

    #[test]
    fn the_relock_hangs_only_if_an_order_waits() {
        let queue = Queue::default();
        relock(&queue);
        assert_eq!(*queue.lock().unwrap(), [1]);
    }
}
