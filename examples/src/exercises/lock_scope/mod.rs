//! Exercise `lock-scope`, for the page `src/misuse/lock-scope.md`: a worker that must not hold the
//! queue while it settles an order. Edit `start.rs`, run
//! `cargo run -q -p companion --bin exercise -- lock-scope`.

mod solution;
mod start;

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::ops::{Deref, DerefMut};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Mutex, MutexGuard};

/// The orders that wait, behind a lock. The check runs on one thread, so that a lock which is
/// held already is held by its caller. Another worker steps in between two locks.
pub struct Queue {
    orders: Mutex<VecDeque<u32>>,
    /// After how many releases the other worker takes an order.
    until_the_other: Cell<u32>,
    taken_by_the_other: Cell<Option<u32>>,
    locked: Cell<u32>,
}

/// The queue, locked until this is dropped.
pub struct Orders<'a> {
    queue: &'a Queue,
    held: Option<MutexGuard<'a, VecDeque<u32>>>,
}

impl Queue {
    fn new(until_the_other: u32) -> Queue {
        Queue {
            orders: Mutex::new(VecDeque::from([1, 2, 3])),
            until_the_other: Cell::new(until_the_other),
            taken_by_the_other: Cell::new(None),
            locked: Cell::new(0),
        }
    }

    /// Locks the queue. Where another lock would wait for ever, the check ends with a message.
    pub fn lock(&self) -> Orders<'_> {
        self.locked.set(self.locked.get() + 1);
        if self.locked.get() > 100 {
            fail("the worker does not end");
        }
        match self.orders.try_lock() {
            Ok(held) => Orders {
                queue: self,
                held: Some(held),
            },
            Err(_) => fail("the worker locks the queue twice"),
        }
    }
}

impl Deref for Orders<'_> {
    type Target = VecDeque<u32>;

    fn deref(&self) -> &VecDeque<u32> {
        self.held.as_ref().expect("held until the drop")
    }
}

impl DerefMut for Orders<'_> {
    fn deref_mut(&mut self) -> &mut VecDeque<u32> {
        self.held.as_mut().expect("held until the drop")
    }
}

impl Drop for Orders<'_> {
    fn drop(&mut self) {
        self.held = None;
        let left = self.queue.until_the_other.get();
        self.queue.until_the_other.set(left.saturating_sub(1));
        if left == 1
            && let Ok(mut orders) = self.queue.orders.try_lock()
        {
            self.queue.taken_by_the_other.set(orders.pop_front());
        }
    }
}

/// What the check found.
struct Fault(String);

/// Ends the check, without the noise of a panic.
fn fail(message: impl Into<String>) -> ! {
    resume_unwind(Box::new(Fault(message.into())))
}

/// Says whether the worker settles every order once, with the lock free. The queue begins with
/// the orders 1 to 3; whoever settles 3 queues 4. The other worker takes one order, at any moment.
fn check(work: fn(&Queue, &dyn Fn(u32))) -> Result<(), String> {
    for moment in 0..12 {
        let queue = Queue::new(moment);
        let settled = RefCell::new(Vec::new());
        let settle = |order| {
            match queue.orders.try_lock() {
                Err(_) => fail(format!("order {order} is settled under the lock")),
                Ok(mut orders) if order == 3 => orders.push_back(4),
                Ok(_) => {}
            }
            let mut settled = settled.borrow_mut();
            if settled.contains(&order) || queue.taken_by_the_other.get() == Some(order) {
                fail(format!("order {order} is settled twice"));
            }
            settled.push(order);
        };
        let worked = catch_unwind(AssertUnwindSafe(|| work(&queue, &settle)));
        worked.map_err(|panic| match panic.downcast::<Fault>() {
            Ok(fault) => fault.0,
            Err(_) => match queue.taken_by_the_other.get() {
                Some(_) => "the worker panics when another one takes the last order".into(),
                None => "the worker panics".into(),
            },
        })?;

        let other = queue.taken_by_the_other.get();
        let last = if other == Some(3) { 3 } else { 4 };
        let seen = settled.take();
        let done = |order: &u32| seen.contains(order) || other == Some(*order);
        if let Some(lost) = (1..=last).find(|order| !done(order)) {
            return Err(format!("order {lost} is never settled"));
        }
    }
    Ok(())
}

/// Checks `start.rs`.
pub fn start() -> Result<(), String> {
    check(start::work)
}

/// Checks `solution.rs`.
pub fn solution() -> Result<(), String> {
    check(solution::work)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::mem::take;

    #[test]
    fn the_start_settles_under_the_lock() {
        assert_eq!(start(), Err("order 1 is settled under the lock".into()));
    }

    #[test]
    fn every_wrong_answer_is_told_apart() {
        let relocks = |queue: &Queue, _: &dyn Fn(u32)| {
            let orders = queue.lock();
            queue.lock().extend(orders.iter());
        };
        assert_eq!(
            check(relocks),
            Err("the worker locks the queue twice".into())
        );

        let one_batch = |queue: &Queue, settle: &dyn Fn(u32)| {
            let orders = take(&mut *queue.lock());
            orders.into_iter().for_each(settle);
        };
        assert_eq!(check(one_batch), Err("order 4 is never settled".into()));

        let looks_then_takes = |queue: &Queue, settle: &dyn Fn(u32)| {
            loop {
                if queue.lock().is_empty() {
                    break;
                }
                let order = queue.lock().pop_front().unwrap();
                settle(order);
            }
        };
        assert_eq!(
            check(looks_then_takes),
            Err("the worker panics when another one takes the last order".into())
        );

        let endless = |queue: &Queue, settle: &dyn Fn(u32)| {
            loop {
                let order = queue.lock().pop_front();
                order.into_iter().for_each(settle);
            }
        };
        assert_eq!(check(endless), Err("the worker does not end".into()));

        let unwraps = |queue: &Queue, settle: &dyn Fn(u32)| {
            loop {
                let order = queue.lock().pop_front().unwrap();
                settle(order);
            }
        };
        assert_eq!(check(unwraps), Err("the worker panics".into()));

        let looks_settles_takes = |queue: &Queue, settle: &dyn Fn(u32)| {
            loop {
                let Some(order) = queue.lock().front().copied() else {
                    break;
                };
                settle(order);
                queue.lock().pop_front();
            }
        };
        assert_eq!(
            check(looks_settles_takes),
            Err("order 1 is settled twice".into())
        );
    }

    #[test]
    fn batches_are_right_as_well() {
        let batches = |queue: &Queue, settle: &dyn Fn(u32)| {
            loop {
                let orders = take(&mut *queue.lock());
                if orders.is_empty() {
                    break;
                }
                orders.into_iter().for_each(settle);
            }
        };
        assert_eq!(check(batches), Ok(()));
    }
}
