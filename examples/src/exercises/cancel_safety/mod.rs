//! Exercise `cancel-safety`, for the page `src/practice/cancel-safety.md`: a function that hands
//! orders on and must lose none, wherever it is dropped. Edit `start.rs`, run
//! `cargo run -q -p companion --bin exercise -- cancel-safety`.

mod solution;
mod start;

use super::paused_runtime;
use crate::cancel_at::cancel_at_every_await;
use std::{sync::Arc, sync::Mutex, time::Duration};
use tokio::sync::mpsc::{self, Receiver, Sender};
use tokio::time::{sleep, timeout};

/// Order 0 is on its way when the test begins; these follow.
const ORDERS: [u32; 3] = [1, 2, 3];

/// An inbox, a queue with one place, and what has been taken out of it.
struct Desk {
    inbox: Receiver<u32>,
    out: Sender<u32>,
    shipped: Arc<Mutex<Vec<u32>>>,
}

impl Desk {
    /// Orders come one each `pace`; every second somebody takes one out of the queue.
    fn open(pace: Duration) -> Desk {
        let (orders, inbox) = mpsc::channel(ORDERS.len());
        if pace.is_zero() {
            for order in ORDERS {
                orders.try_send(order).expect("there is room");
            }
        } else {
            tokio::spawn(async move {
                for order in ORDERS {
                    sleep(pace).await;
                    // The desk may be closed by now; then nobody counts.
                    orders.send(order).await.ok();
                }
            });
        }

        let (out, mut queue) = mpsc::channel(1);
        out.try_send(0).expect("there is room");
        let shipped = Arc::new(Mutex::new(Vec::new()));
        let ships = shipped.clone();
        tokio::spawn(async move {
            loop {
                sleep(Duration::from_secs(1)).await;
                let Some(order) = queue.recv().await else {
                    break;
                };
                ships.lock().expect("nobody panics").push(order);
            }
        });
        Desk {
            inbox,
            out,
            shipped,
        }
    }

    /// Orders that are in the queue or out of it.
    fn sent(&self) -> usize {
        let queued = self.out.max_capacity() - self.out.capacity();
        queued + self.shipped.lock().expect("nobody panics").len()
    }
}

/// Drops `forward` at each of its awaits, forwards the rest, and says which order is missing.
/// Time is paused: its hours cost none.
fn check(forward: impl AsyncFn(&mut Receiver<u32>, &Sender<u32>)) -> Result<(), String> {
    let runtime = paused_runtime();
    let forward = &forward;
    runtime.block_on(async {
        let slow = Duration::from_secs(10);
        for pace in [Duration::ZERO, slow] {
            let run = async |desk: &mut Desk| {
                forward(&mut desk.inbox, &desk.out).await;
                desk.sent()
            };
            let all = async {
                let mut desk = Desk::open(pace);
                let sent = run(&mut desk).await;
                judge(desk, Some(sent), forward)
                    .await
                    .map_err(|why| format!("though nobody drops it: {why}"))?;
                cancel_at_every_await(
                    || Desk::open(pace),
                    run,
                    async |desk, sent| judge(desk, sent, forward).await,
                )
                .await
                .map_err(|failure| failure.to_string())
            };
            match timeout(Duration::from_secs(3600), all).await {
                Ok(cuts) => cuts?,
                Err(_) => return Err("forward still waits after an hour".into()),
            };
        }
        Ok(())
    })
}

async fn judge(
    mut desk: Desk,
    sent: Option<usize>,
    forward: &impl AsyncFn(&mut Receiver<u32>, &Sender<u32>),
) -> Result<(), String> {
    let closed = |inbox: &Receiver<u32>| inbox.is_closed() && inbox.is_empty();
    for _ in 0..2 * ORDERS.len() {
        if !closed(&desk.inbox) {
            forward(&mut desk.inbox, &desk.out).await;
        }
    }
    sleep(Duration::from_secs(60)).await; // the queue empties
    let shipped = desk.shipped.lock().expect("nobody panics").clone();
    for order in ORDERS {
        match shipped.iter().filter(|shipped| **shipped == order).count() {
            0 if closed(&desk.inbox) => return Err(format!("order {order} is lost")),
            0 => return Err(format!("order {order} is left in the inbox")),
            1 => {}
            _ => return Err(format!("order {order} is sent twice")),
        }
    }
    match sent {
        _ if !shipped.is_sorted() => Err(format!("the orders arrive as {shipped:?}")),
        Some(sent) if sent < 2 => Err("forward returns before its order is in `out`".into()),
        _ => Ok(()),
    }
}

/// Checks `start.rs`.
pub fn start() -> Result<(), String> {
    check(start::forward)
}

/// Checks `solution.rs`.
pub fn solution() -> Result<(), String> {
    check(solution::forward)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::future::pending;

    fn wrong(why: &str) -> Result<(), String> {
        Err(why.into())
    }

    #[test]
    fn the_start_loses_an_order() {
        assert_eq!(start(), wrong("dropped after poll 1: order 1 is lost"));
    }

    #[test]
    fn a_task_that_is_awaited_passes() {
        async fn barrier(inbox: &mut Receiver<u32>, out: &Sender<u32>) {
            if let Some(order) = inbox.recv().await {
                let out = out.clone();
                let sends = tokio::spawn(async move { out.send(order).await });
                sends.await.expect("no panic").expect("somebody receives");
            }
        }
        assert_eq!(check(barrier), Ok(()));
    }

    #[test]
    fn every_wrong_answer_is_told_apart() {
        async fn does_not_wait(inbox: &mut Receiver<u32>, out: &Sender<u32>) {
            if let Some(order) = inbox.recv().await {
                out.try_send(order).ok();
            }
        }
        assert_eq!(
            check(does_not_wait),
            wrong("though nobody drops it: order 1 is lost")
        );

        async fn detached(inbox: &mut Receiver<u32>, out: &Sender<u32>) {
            if let Some(order) = inbox.recv().await {
                let out = out.clone();
                tokio::spawn(async move { out.send(order).await });
            }
        }
        assert_eq!(
            check(detached),
            wrong("though nobody drops it: forward returns before its order is in `out`")
        );

        async fn only_what_is_there(inbox: &mut Receiver<u32>, out: &Sender<u32>) {
            let place = out.reserve().await.expect("somebody receives");
            if let Ok(order) = inbox.try_recv() {
                place.send(order);
            }
        }
        assert_eq!(
            check(only_what_is_there),
            wrong("though nobody drops it: order 1 is left in the inbox")
        );

        async fn one_too_many(inbox: &mut Receiver<u32>, out: &Sender<u32>) {
            let place = out.reserve().await.expect("somebody receives");
            if let Some(order) = inbox.recv().await {
                place.send(order);
                out.send(order).await.expect("somebody receives");
            }
        }
        assert_eq!(
            check(one_too_many),
            wrong("though nobody drops it: order 1 is sent twice")
        );

        async fn waits_for_ever(_: &mut Receiver<u32>, _: &Sender<u32>) {
            pending().await
        }
        assert_eq!(
            check(waits_for_ever),
            wrong("forward still waits after an hour")
        );
    }
}
