//! Everything together: a stream of trades, a relay, subscribers; and the end of it, in order.

mod plan;
mod tasks;

use std::sync::Arc;
use std::time::Duration;

use tokio::task::{JoinError, JoinSet};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::data::Stores;
use super::log::EventLog;
use super::metrics::Metrics;
use super::relay;
pub use plan::{Ended, Plan, RunError};
use tasks::Run;
pub(super) use tasks::caught_up;

/// Runs until all trades of the plan are written, published and applied, or until `stop`.
///
/// Then, whatever the reason: no new trade, no new poll; the batches in hand are finished and
/// stored, positions committed, the group left. The stores stay open: they are the caller's to
/// close.
///
/// If this future is dropped, its tasks are aborted: nothing is lost, nothing is committed.
///
/// # Errors
///
/// The first task's that fails, after the others were stopped; [`RunError::Late`] if that took too
/// long: then the tasks that are left were aborted.
pub async fn run<L: EventLog>(
    stores: Stores<L>,
    plan: Plan,
    metrics: Arc<Metrics>,
    stop: CancellationToken,
) -> Result<Ended, RunError> {
    let turn = CancellationToken::new();
    turn.cancel();
    run_in_turn(stores, plan, metrics, turn, stop).await
}

/// Like [`run`], beside other programs: it applies events at once, and writes and publishes trades
/// from the moment when `turn` is cancelled.
///
/// # Errors
///
/// As [`run`].
pub async fn run_in_turn<L: EventLog>(
    stores: Stores<L>,
    plan: Plan,
    metrics: Arc<Metrics>,
    turn: CancellationToken,
    stop: CancellationToken,
) -> Result<Ended, RunError> {
    relay::check(&stores.commands, &stores.log).await?;
    if let Some(event) = relay::unwritten(&stores.commands, &stores.log).await? {
        return Err(RunError::Unwritten(event));
    }
    let told = stop.clone();
    // Cancelled on every way out: by `stop`, by the first failure, at the end.
    let stop = stop.child_token();
    let _stops = stop.clone().drop_guard();
    let written = CancellationToken::new();
    let run = Run {
        stores,
        plan,
        metrics,
        stop: stop.clone(),
    };
    let mut tasks = JoinSet::new();
    tasks.spawn(run.clone().write(turn.clone(), written.clone()));
    tasks.spawn(run.clone().publish(turn, written));
    for _ in 0..plan.subscribers {
        tasks.spawn(run.clone().apply());
    }
    match plan.reconcile_every {
        Some(pause) => drop(tasks.spawn(run.reconcile(pause))),
        None => drop(run),
    }
    let result = finish(tasks, &stop, plan.stop_within).await;
    let ended = if told.is_cancelled() {
        Ended::Stopped
    } else {
        Ended::Finished
    };
    result.map(|()| ended)
}

/// Waits for all tasks. The first failure stops the others, and a stop starts the clock.
async fn finish(
    mut tasks: JoinSet<Result<(), RunError>>,
    stop: &CancellationToken,
    within: Duration,
) -> Result<(), RunError> {
    let mut result = Ok(());
    while !stop.is_cancelled() {
        tokio::select! {
            () = stop.cancelled() => {}
            Some(task) = tasks.join_next() => result = result.and(ended(task)),
            else => return result,
        }
        if result.is_err() {
            stop.cancel();
        }
    }
    let rest = async {
        while let Some(task) = tasks.join_next().await {
            result = std::mem::replace(&mut result, Ok(())).and(ended(task));
        }
    };
    let in_time = timeout(within, rest).await;
    if in_time.is_err() {
        tasks.shutdown().await; // aborted, not forgotten
    }
    result.and(in_time.map_err(|_| RunError::Late(within)))
}

fn ended(task: Result<Result<(), RunError>, JoinError>) -> Result<(), RunError> {
    task.unwrap_or_else(|error| Err(RunError::Panicked(error.to_string())))
}

#[cfg(test)]
pub(super) mod tests;
