//! A supervisor for one worker: it reads how the worker's task ends, restarts it after a panic,
//! and gives up when the panics come too often.
//!
//! Run it: `cargo run -q -p companion --bin supervise`.

use std::any::Any;
use std::{error, fmt, future::Future, time::Duration};

use tokio::spawn;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;
use tracing::warn;

mod demo;

pub use demo::demo;

/// What a panic of the worker leads to.
#[derive(Clone, Copy, Debug)]
pub struct Policy {
    /// Restarts in a row before the supervisor gives up.
    pub restarts: u32,
    /// The wait before the first restart. It doubles from one to the next. Nothing is random:
    /// workers that panic together restart together, unless each has a `backoff` of its own.
    pub backoff: Duration,
    /// The longest wait before a restart.
    pub longest: Duration,
    /// A worker that ran this long has recovered: its next panic counts as the first.
    pub healthy: Duration,
}

impl Policy {
    /// The wait before the next restart, after so many in a row.
    fn wait(&self, restarts: u32) -> Duration {
        let doubled = 2_u32.saturating_pow(restarts);
        self.backoff.saturating_mul(doubled).min(self.longest)
    }
}

/// The worker panicked too often, or while it should stop.
#[derive(Debug, PartialEq)]
pub struct GaveUp {
    /// The name that was given to [`supervise`].
    pub worker: String,
    /// How often it was restarted in a row.
    pub restarts: u32,
    /// The message of its last panic.
    pub message: String,
}

impl fmt::Display for GaveUp {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let GaveUp {
            worker,
            restarts,
            message,
        } = self;
        write!(f, "{worker} gave up after {restarts} restarts: {message}")
    }
}

impl error::Error for GaveUp {}

/// The message of a panic, if it has one: `panic!` makes a `&str` or a `String`.
pub fn message(payload: &(dyn Any + Send)) -> &str {
    let literal = payload.downcast_ref::<&str>().copied();
    let formatted = || payload.downcast_ref::<String>().map(String::as_str);
    literal.or_else(formatted).unwrap_or("a panic, no message")
}

/// Runs what `start` returns as a task of its own, again after each panic, until it returns. To
/// stop it, cancel `stop`: the worker gets a child of it, and should return. A wait for a restart
/// ends at once, without a restart. A worker that cancels its own token, in a guard for example,
/// stops nobody else. Each restart is logged as a warning.
///
/// If this future is dropped, the worker is aborted, and nobody waits for that.
///
/// # Errors
///
/// [`GaveUp`], if the worker panics once more after `policy.restarts` restarts in a row, or if it
/// panics after `stop` was cancelled.
///
/// # Panics
///
/// If `start` does, or outside a Tokio runtime with time.
// ANCHOR: supervise
pub async fn supervise<W>(
    worker: &str,
    policy: Policy,
    stop: CancellationToken,
    mut start: impl FnMut(CancellationToken) -> W,
) -> Result<(), GaveUp>
where
    W: Future<Output = ()> + Send + 'static,
{
    let mut restarts = 0;
    loop {
        let started = Instant::now();
        let task = spawn(start(stop.child_token()));
        let Err(end) = AbortOnDropHandle::new(task).await else {
            return Ok(()); // it returned
        };
        let Ok(payload) = end.try_into_panic() else {
            return Ok(()); // the runtime shuts down
        };
        if started.elapsed() >= policy.healthy {
            restarts = 0;
        }
        let message = message(&*payload).to_owned();
        if restarts == policy.restarts || stop.is_cancelled() {
            return Err(GaveUp {
                worker: worker.to_owned(),
                restarts,
                message,
            });
        }
        let wait = policy.wait(restarts);
        warn!(worker, panic = message, ?wait, "restart");
        if stop.run_until_cancelled(sleep(wait)).await.is_none() {
            return Ok(());
        }
        restarts += 1;
    }
}
// ANCHOR_END: supervise
