//! Exercise `cost`, for the page `src/practice/cost.md`: a value whose drop takes long, at the end
//! of a task. Edit `start.rs`, run `cargo run -q -p companion --bin exercise -- cost`.

mod solution;
mod start;

use std::pin::pin;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{self, ThreadId};
use std::time::{Duration, Instant};

use futures::FutureExt;
use tokio::runtime::Builder;
use tokio::task::yield_now;

/// How long the check waits for a thread that was started: only a leak takes longer.
const PATIENCE: Duration = Duration::from_secs(10);

/// What was paid today. Its drop stands for one that frees a million entries: it takes until the
/// check says so, except on the runtime's thread, which must not even begin.
pub struct Ledger {
    pub amounts: Vec<u64>,
    runtime: ThreadId,
    /// Says who drops it, before the drop takes its time.
    freed_by: SyncSender<ThreadId>,
    /// Ends when the check drops the other end.
    enough: Receiver<()>,
}

impl Drop for Ledger {
    fn drop(&mut self) {
        let this = thread::current().id();
        self.freed_by.send(this).ok();
        if this != self.runtime {
            self.enough.recv().ok();
        }
    }
}

/// Says whether `total` adds up, and leaves it to another thread to free the ledger.
fn check<F: Future<Output = u64>>(
    total: impl FnOnce(Ledger) -> F,
    patience: Duration,
) -> Result<(), String> {
    let (freed_by, freed) = sync_channel(1);
    let (take_time, enough) = sync_channel(0);
    let ledger = Ledger {
        amounts: vec![20, 15, 7],
        runtime: thread::current().id(),
        freed_by,
        enough,
    };
    let runtime = Builder::new_current_thread()
        .build()
        .expect("a runtime starts");
    let (sum, freed) = runtime.block_on(async {
        let (start, mut total) = (Instant::now(), pin!(total(ledger)));
        let mut sum = None;
        // Until there is a sum, or the drop has begun without one.
        let freed = loop {
            sum = sum.or_else(|| total.as_mut().now_or_never());
            yield_now().await;
            match freed.try_recv() {
                Ok(thread) => break Some(thread),
                Err(_) if sum.is_some() => break freed.recv_timeout(patience).ok(),
                Err(_) if start.elapsed() > patience => break None,
                Err(_) => {}
            }
        };
        // The drop has begun, and takes its time: does the answer wait for it?
        for _ in 0..100 {
            sum = sum.or_else(|| total.as_mut().now_or_never());
            yield_now().await;
        }
        drop(take_time);
        (sum, freed)
    });
    match (sum, freed) {
        (_, Some(thread)) if thread == thread::current().id() => {
            Err("the runtime's thread frees the ledger".into())
        }
        (None, Some(_)) => Err("the answer waits until the ledger is freed".into()),
        (None, None) => Err("there is no answer".into()),
        (Some(_), None) => Err("nobody frees the ledger".into()),
        (Some(42), _) => Ok(()),
        (Some(sum), _) => Err(format!("the total is {sum}, not 42")),
    }
}

/// Checks `start.rs`.
pub fn start() -> Result<(), String> {
    check(start::total, PATIENCE)
}

/// Checks `solution.rs`.
pub fn solution() -> Result<(), String> {
    check(solution::total, PATIENCE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::task::spawn_blocking;

    #[test]
    fn every_wrong_answer_is_told_apart() {
        let here = "the runtime's thread frees the ledger";
        assert_eq!(start(), Err(here.into()));

        let in_a_task = async |ledger: Ledger| {
            let sum = ledger.amounts.iter().sum();
            let task = tokio::spawn(async move { drop(ledger) });
            task.await.expect("it does not panic");
            sum
        };
        assert_eq!(check(in_a_task, PATIENCE), Err(here.into()));

        let waits = async |ledger: Ledger| {
            let sum = spawn_blocking(move || ledger.amounts.iter().sum());
            sum.await.expect("it does not panic")
        };
        let wrong = "the answer waits until the ledger is freed";
        assert_eq!(check(waits, PATIENCE), Err(wrong.into()));

        let wrong_sum = async |ledger: Ledger| {
            spawn_blocking(move || drop(ledger));
            0
        };
        assert_eq!(
            check(wrong_sum, PATIENCE),
            Err("the total is 0, not 42".into())
        );

        let leaks = async |ledger: Ledger| {
            let sum = ledger.amounts.iter().sum();
            std::mem::forget(ledger);
            sum
        };
        let short = Duration::from_millis(50);
        assert_eq!(check(leaks, short), Err("nobody frees the ledger".into()));

        let endless = async |_ledger: Ledger| std::future::pending().await;
        assert_eq!(check(endless, short), Err("there is no answer".into()));
    }

    #[test]
    fn a_thread_of_its_own_is_as_good() {
        let thread = async |ledger: Ledger| {
            let sum = ledger.amounts.iter().sum();
            thread::spawn(move || drop(ledger));
            sum
        };
        assert_eq!(check(thread, PATIENCE), Ok(()));
    }
}
