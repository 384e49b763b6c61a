//! Exercise `cancellation`, for the page `src/practice/cancellation.md`: a worker that hears a
//! cancel at once and finishes what it has begun. Edit `start.rs`, run
//! `cargo run -q -p companion --bin exercise -- cancellation`.

mod solution;
mod start;

use super::paused_runtime;
use std::{iter, sync::Mutex, time::Duration};
use tokio::sync::mpsc::{self, Receiver};
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;

/// Where orders are charged.
#[derive(Default)]
pub struct Bank(Mutex<Vec<u32>>);

impl Bank {
    /// Charges the order, in a second.
    ///
    /// Not cancel safe: if this future is dropped, the order is lost.
    pub async fn charge(&self, order: u32) {
        sleep(Duration::from_secs(1)).await;
        self.0.lock().expect("nobody panics").push(order);
    }
}

/// How the worker is told that it is over.
enum End {
    /// The token is cancelled after so many milliseconds.
    Cancel(u64),
    /// The last sender is dropped.
    Close,
}

/// What a worker leaves behind.
struct Left {
    charged: Vec<u32>,
    in_the_inbox: Vec<u32>,
    /// How long after its end.
    after: Duration,
}

/// Lets the worker charge `orders` until `end`, and for an hour at most.
async fn run<W>(work: &W, orders: &[u32], end: End) -> Result<Left, String>
where
    W: AsyncFn(&mut Receiver<u32>, &Bank, CancellationToken),
{
    let (sender, mut inbox) = mpsc::channel(8);
    for order in orders {
        sender.try_send(*order).expect("there is room");
    }
    let mut sender = Some(sender);
    let (bank, stop) = (Bank::default(), CancellationToken::new());
    let mut ended = Instant::now();
    match end {
        End::Cancel(0) => stop.cancel(),
        End::Cancel(_) => {}
        End::Close => sender = None,
    }
    let tell = async {
        if let End::Cancel(millis) = end {
            sleep(Duration::from_millis(millis)).await;
            ended = Instant::now();
            stop.cancel();
        }
    };
    let worker = work(&mut inbox, &bank, stop.clone());
    let hour = Duration::from_secs(3600);
    let left = timeout(hour, async { tokio::join!(tell, worker) }).await;
    left.map_err(|_| match sender {
        Some(_) => "an hour after the cancel the worker is still there",
        None => "an hour after its last sender the worker is still there",
    })?;
    Ok(Left {
        charged: bank.0.into_inner().expect("nobody panics"),
        in_the_inbox: iter::from_fn(|| inbox.try_recv().ok()).collect(),
        after: ended.elapsed(),
    })
}

/// Says whether the worker hears the cancel at once, takes no order after it, finishes the one
/// that it has begun, and ends with its inbox. Time is paused: its hours cost none.
fn check<W>(work: W) -> Result<(), String>
where
    W: AsyncFn(&mut Receiver<u32>, &Bank, CancellationToken),
{
    let runtime = paused_runtime();
    runtime.block_on(async {
        let idle = run(&work, &[], End::Cancel(2250)).await?;
        if !idle.after.is_zero() {
            return Err(format!("it hears the cancel {:?} late", idle.after));
        }
        // A worker that chooses at random may choose right, but not 64 times.
        for _ in 0..64 {
            let stopped = run(&work, &[1, 2, 3], End::Cancel(0)).await?;
            if stopped.in_the_inbox != [1, 2, 3] {
                return Err("it takes an order although it has been cancelled".into());
            }
        }
        let busy = run(&work, &[1, 2], End::Cancel(250)).await?;
        match (&busy.charged[..], &busy.in_the_inbox[..]) {
            ([1], [2]) => {}
            ([], [2]) => return Err("order 1 was begun, and is lost".into()),
            (charged, left) => return Err(format!("charged {charged:?}, left {left:?}")),
        }
        let closed = run(&work, &[1, 2], End::Close).await?;
        match closed.charged[..] {
            [1, 2] => Ok(()),
            _ => Err(format!("sent 1 and 2, charged {:?}", closed.charged)),
        }
    })
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
    use tokio::select;

    #[test]
    fn the_start_is_late() {
        assert_eq!(start(), Err("it hears the cancel 250ms late".into()));
    }

    #[test]
    fn every_wrong_answer_is_told_apart() {
        let random = async |inbox: &mut Receiver<u32>, bank: &Bank, stop: CancellationToken| {
            loop {
                select! {
                    () = stop.cancelled() => return,
                    order = inbox.recv() => match order {
                        Some(order) => bank.charge(order).await,
                        None => return,
                    }
                }
            }
        };
        let taken = "it takes an order although it has been cancelled";
        assert_eq!(check(random), Err(taken.into()));

        let cut_short = async |inbox: &mut Receiver<u32>, bank: &Bank, stop: CancellationToken| {
            let charge_all = async {
                while let Some(order) = inbox.recv().await {
                    bank.charge(order).await;
                }
            };
            stop.run_until_cancelled(charge_all).await;
        };
        let lost = "order 1 was begun, and is lost";
        assert_eq!(check(cut_short), Err(lost.into()));

        let deaf = async |inbox: &mut Receiver<u32>, bank: &Bank, _: CancellationToken| {
            while let Some(order) = inbox.recv().await {
                bank.charge(order).await;
            }
        };
        let there = "an hour after the cancel the worker is still there";
        assert_eq!(check(deaf), Err(there.into()));

        let never_closes =
            async |inbox: &mut Receiver<u32>, bank: &Bank, stop: CancellationToken| {
                loop {
                    select! {
                        biased;
                        () = stop.cancelled() => return,
                        Some(order) = inbox.recv() => bank.charge(order).await,
                    }
                }
            };
        let there = "an hour after its last sender the worker is still there";
        assert_eq!(check(never_closes), Err(there.into()));

        let idles = async |_: &mut Receiver<u32>, _: &Bank, stop: CancellationToken| {
            stop.cancelled().await;
        };
        let left = "charged [], left [1, 2]";
        assert_eq!(check(idles), Err(left.into()));
    }
}
