//! Exercise `task-leaks`, for the page `src/foundations/task-leaks.md`: a worker that must end
//! when nobody can send it an order any more. Edit `start.rs`, run
//! `cargo run -q -p companion --bin exercise -- task-leaks`.

mod solution;
mod start;

use super::paused_runtime;
use std::{sync::Arc, sync::Mutex, time::Duration};
use tokio::runtime::Handle;
use tokio::sync::mpsc::Sender;
use tokio::time::{sleep, timeout};

/// An order, and how often its settlement still fails.
pub struct Order {
    pub id: u32,
    pub failures: u32,
}

/// The ids of the orders that are settled. Clones share one list.
#[derive(Clone, Default)]
pub struct Ledger(Arc<Mutex<Vec<u32>>>);

impl Ledger {
    /// Settles the order after a second, or hands it back to be tried again.
    pub async fn settle(&self, mut order: Order) -> Result<(), Order> {
        sleep(Duration::from_secs(1)).await;
        if order.failures > 0 {
            order.failures -= 1;
            return Err(order);
        }
        self.0.lock().expect("nobody panics").push(order.id);
        Ok(())
    }

    fn settled(&self) -> Vec<u32> {
        let mut ids = self.0.lock().expect("nobody panics").clone();
        ids.sort_unstable();
        ids
    }
}

/// Says whether the worker settles every order, as often as it fails, and ends when its last
/// sender is dropped. Time is paused: its hours cost none.
fn check(start_worker: impl FnOnce(Ledger) -> Sender<Order>) -> Result<(), String> {
    let runtime = paused_runtime();
    runtime.block_on(async {
        let hour = Duration::from_secs(3600);
        let metrics = Handle::current().metrics();
        let ledger = Ledger::default();
        let orders = start_worker(ledger.clone());

        for (id, failures) in [(1, 0), (2, 2)] {
            let sent = timeout(hour, orders.send(Order { id, failures })).await;
            if !matches!(sent, Ok(Ok(()))) {
                return Err("the worker does not take its orders".into());
            }
        }
        sleep(hour).await;
        if ledger.settled() != [1, 2] {
            return Err(format!("sent 1 and 2, settled {:?}", ledger.settled()));
        }

        let last = Order { id: 3, failures: 2 };
        if orders.try_send(last).is_err() {
            return Err("the worker has ended, its sender has not".into());
        }
        drop(orders);
        sleep(hour).await;
        if ledger.settled() != [1, 2, 3] {
            return Err("the order that was queued last is not settled".into());
        }
        match metrics.num_alive_tasks() {
            0 => Ok(()),
            n => Err(format!("no sender for an hour, tasks alive: {n}")),
        }
    })
}

/// Checks `start.rs`.
pub fn start() -> Result<(), String> {
    check(start::start_worker)
}

/// Checks `solution.rs`.
pub fn solution() -> Result<(), String> {
    check(solution::start_worker)
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::sync::mpsc;

    #[test]
    fn the_start_leaks() {
        assert_eq!(start(), Err("no sender for an hour, tasks alive: 1".into()));
    }

    #[test]
    fn every_wrong_answer_is_told_apart() {
        let gives_up = |ledger: Ledger| {
            let (orders, mut inbox) = mpsc::channel(8);
            tokio::spawn(async move {
                while let Some(order) = inbox.recv().await {
                    ledger.settle(order).await.ok();
                }
            });
            orders
        };
        assert_eq!(check(gives_up), Err("sent 1 and 2, settled [1]".into()));

        let weak = |ledger: Ledger| {
            let (orders, mut inbox) = mpsc::channel(8);
            let retry = orders.downgrade();
            tokio::spawn(async move {
                while let Some(order) = inbox.recv().await {
                    if let Err(order) = ledger.settle(order).await
                        && let Some(retry) = retry.upgrade()
                    {
                        retry.send(order).await.ok();
                    }
                }
            });
            orders
        };
        assert_eq!(
            check(weak),
            Err("the order that was queued last is not settled".into())
        );

        let one_batch = |ledger: Ledger| {
            let (orders, mut inbox) = mpsc::channel(8);
            tokio::spawn(async move {
                for _ in 0..2 {
                    let mut order = inbox.recv().await.expect("two are sent");
                    while let Err(again) = ledger.settle(order).await {
                        order = again;
                    }
                }
            });
            orders
        };
        assert_eq!(
            check(one_batch),
            Err("the worker has ended, its sender has not".into())
        );

        let refuses = |_| mpsc::channel(8).0;
        assert_eq!(
            check(refuses),
            Err("the worker does not take its orders".into())
        );
    }
}
