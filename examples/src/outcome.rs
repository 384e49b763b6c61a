//! How an operation ended, and after how long, said exactly once: also when it was cancelled,
//! panicked, or never began. `cargo run -q -p companion --bin exit_line` shows all five.
//! Page: `src/practice/log-line.md`.

use std::fmt;
use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use tokio::time::Instant;

/// How an operation ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Ok,
    Error,
    /// Its future was dropped before it had a result, perhaps before its first poll.
    Cancelled,
    Panicked,
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Outcome::Ok => "ok",
            Outcome::Error => "error",
            Outcome::Cancelled => "cancelled",
            Outcome::Panicked => "panicked",
        })
    }
}

// ANCHOR: exit
/// Calls `record` when it is dropped.
struct Exit<R: FnOnce(Outcome, Duration)> {
    start: Instant,
    /// What is true if it is dropped now.
    outcome: Outcome,
    record: Option<R>,
}

impl<R: FnOnce(Outcome, Duration)> Drop for Exit<R> {
    fn drop(&mut self) {
        if let Some(record) = self.record.take() {
            record(self.outcome, self.start.elapsed());
        }
    }
}
// ANCHOR_END: exit

/// Runs `work`, and calls `record` once with how it ended and how long after this call.
///
/// `record` runs where the future ends: in its last poll, or in whoever drops it. It must not
/// block, and must not panic.
///
/// # Cancel safety
///
/// As safe as `work`. If the future is dropped, `work` is dropped first, then `record` is called
/// with [`Outcome::Cancelled`].
///
/// # Panics
///
/// If `work` does, after `record` was called with [`Outcome::Panicked`].
// ANCHOR: observed
pub fn observed<T, E>(
    work: impl Future<Output = Result<T, E>>,
    record: impl FnOnce(Outcome, Duration),
) -> impl Future<Output = Result<T, E>> {
    let exit = Exit {
        start: Instant::now(),
        outcome: Outcome::Cancelled,
        record: Some(record),
    };
    async move {
        let mut exit = exit;
        let mut work = pin!(work);
        poll_fn(|context| {
            // If this poll does not return:
            exit.outcome = Outcome::Panicked;
            let poll = work.as_mut().poll(context);
            exit.outcome = match &poll {
                Poll::Pending => Outcome::Cancelled, // so far
                Poll::Ready(Ok(_)) => Outcome::Ok,
                Poll::Ready(Err(_)) => Outcome::Error,
            };
            poll
        })
        .await
    }
}
// ANCHOR_END: observed

#[cfg(test)]
mod tests {
    use super::*;
    use futures::FutureExt;
    use std::cell::RefCell;
    use std::future::{pending, ready};
    use std::panic::AssertUnwindSafe;
    use tokio::time::{sleep, timeout};

    const SECOND: Duration = Duration::from_secs(1);

    #[tokio::test(start_paused = true)]
    async fn every_end_is_recorded_once() {
        let seen = RefCell::new(Vec::new());
        let record = |outcome, took: Duration| seen.borrow_mut().push((outcome, took.as_secs()));

        let paid = async {
            sleep(SECOND).await;
            Ok::<_, ()>(7)
        };
        assert_eq!(observed(paid, record).await, Ok(7));
        assert_eq!(
            observed(ready(Err::<(), _>("no funds")), record).await,
            Err("no funds")
        );
        let stuck = observed(pending::<Result<(), ()>>(), record);
        timeout(2 * SECOND, stuck).await.expect_err("it never ends");
        let never = observed(pending::<Result<(), ()>>(), record);
        sleep(3 * SECOND).await;
        drop(never);
        let faulty = poll_fn(|_| -> Poll<Result<(), ()>> { panic!("bad amount") });
        let faulty = AssertUnwindSafe(observed(faulty, record)).catch_unwind();
        faulty.await.expect_err("it panics");

        let expected = [
            (Outcome::Ok, 1),
            (Outcome::Error, 0),
            (Outcome::Cancelled, 2),
            (Outcome::Cancelled, 3),
            (Outcome::Panicked, 0),
        ];
        assert_eq!(seen.into_inner(), expected);
    }

    #[tokio::test]
    async fn dropped_by_somebody_elses_panic_it_is_cancelled() {
        let seen = RefCell::new(None);
        let work = observed(pending::<Result<(), ()>>(), |outcome, _| {
            seen.replace(Some(outcome));
        });
        let bystander = async {
            let mut work = pin!(work);
            assert!(work.as_mut().now_or_never().is_none());
            panic!("not the work's");
        };
        let bystander = AssertUnwindSafe(bystander).catch_unwind();
        bystander.await.expect_err("it panics");
        assert_eq!(seen.into_inner(), Some(Outcome::Cancelled));
    }
}
