//! Everything together: a stream of trades, a relay, subscribers; and the end of it, in order.

use std::future::pending;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::commands::Commands;
use super::data::Stores;
use super::event::{EventId, Trade};
use super::log::{EventLog, LogError, Positions};
use super::metrics::Metrics;
use super::reconcile::{Unbalanced, reconcile_every};
use super::relay::{self, RelayError, relay};
use super::retry::Pace;
use super::store::StoreError;
use super::subscriber::{SubscriberError, subscribe};
use super::views::Views;

/// How many trades share a transaction, at most.
const TRADES: u64 = 128;

/// How many records may wait in the outbox before the stream of trades does.
const BACKLOG: u64 = 16_384;

/// What to run.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// Trades in all, those of former runs included; nothing for no end but `stop`'s.
    pub trades: Option<u64>,
    /// How long trades come.
    pub time: Option<Duration>,
    /// How many subscribers share the partitions.
    pub subscribers: u32,
    pub pace: Pace,
    /// How long to wait between two reconciliations; nothing for none.
    pub reconcile_every: Option<Duration>,
    /// How long the end may take, once `stop` was cancelled.
    pub stop_within: Duration,
}

impl Default for Plan {
    /// No trade, two subscribers, no reconciliation before the end, ten seconds to stop.
    fn default() -> Plan {
        Plan {
            trades: Some(0),
            time: None,
            subscribers: 2,
            pace: Pace::default(),
            reconcile_every: None,
            stop_within: Duration::from_secs(10),
        }
    }
}

/// Why a run did not end as it should.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Log(#[from] LogError),
    #[error("an event cannot be applied: {0}")]
    Subscriber(#[from] SubscriberError),
    #[error(transparent)]
    Unbalanced(#[from] Unbalanced),
    /// Nothing new may be written: it would have the numbers of events that are there.
    #[error("commands.db has lost {0}, which the log has")]
    Unwritten(EventId),
    /// What was under way is undone or was done: nothing is lost.
    #[error("it did not stop within {0:?}: run it again, it goes on where it was")]
    Late(Duration),
    #[error("a task panicked: {0}")]
    Panicked(String),
}

impl From<RelayError> for RunError {
    fn from(error: RelayError) -> RunError {
        match error {
            RelayError::Store(error) => RunError::Store(error),
            RelayError::Log(error) => RunError::Log(error),
        }
    }
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// Everything that was written is applied, or is a dead letter.
    Finished,
    /// It was told to stop; some is left for the next run.
    Stopped,
}

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
// ANCHOR: run
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
    let mut tasks = JoinSet::new();

    let (commands, last, end) = (stores.commands.clone(), written.clone(), stop.clone());
    let (count, mine) = (metrics.clone(), turn.clone());
    tasks.spawn(async move {
        let _last = last.drop_guard();
        if !comes(&mine, &commands, &end).await? {
            return Ok(());
        }
        Ok(write_trades(&commands, plan, &count, &end).await?)
    });

    let (shared, count, end) = (stores.clone(), metrics.clone(), stop.clone());
    tasks.spawn(async move {
        let Stores {
            commands,
            log,
            views,
        } = shared;
        if !comes(&turn, &commands, &end).await? {
            return Ok(());
        }
        relay(&commands, &log, plan.pace, &count, &written, &end).await?;
        // All is in the log. When all is applied, everybody may stop.
        let ends = log.ends().await?;
        let caught_up = caught_up(&views, &ends);
        if end.run_until_cancelled(caught_up).await.is_some() {
            end.cancel();
        }
        Ok(())
    });

    for _ in 0..plan.subscribers {
        let (shared, count, end) = (stores.clone(), metrics.clone(), stop.clone());
        tasks.spawn(async move {
            let Stores { log, views, .. } = shared;
            Ok(subscribe(&log, views, plan.pace, &count, &end).await?)
        });
    }
    if let Some(pause) = plan.reconcile_every {
        let (count, end) = (metrics.clone(), stop.clone());
        tasks.spawn(async move { Ok(reconcile_every(pause, &stores, &count, &end).await?) });
    } else {
        drop(stores);
    }
    let result = finish(tasks, &stop, plan.stop_within).await;
    let ended = if told.is_cancelled() {
        Ended::Stopped
    } else {
        Ended::Finished
    };
    result.map(|()| ended)
}
// ANCHOR_END: run

/// Waits for the turn to write; false if `stop` came first.
async fn comes(
    turn: &CancellationToken,
    commands: &Commands,
    stop: &CancellationToken,
) -> Result<bool, StoreError> {
    let comes = stop.run_until_cancelled(turn.cancelled()).await.is_some();
    if comes {
        commands.refresh().await?;
    }
    Ok(comes)
}

/// Waits for all tasks. The first failure stops the others, and a stop starts the clock.
// ANCHOR: finish
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
// ANCHOR_END: finish

fn ended(task: Result<Result<(), RunError>, tokio::task::JoinError>) -> Result<(), RunError> {
    task.unwrap_or_else(|error| Err(RunError::Panicked(error.to_string())))
}

/// Submits the stream of trades, from the first that is not there.
async fn write_trades(
    commands: &Commands,
    plan: Plan,
    metrics: &Metrics,
    stop: &CancellationToken,
) -> Result<(), StoreError> {
    let setup = commands.setup();
    let mut progress = commands.progress();
    let over = async {
        match plan.time {
            Some(time) => sleep(time).await,
            None => pending().await,
        }
    };
    let write = async {
        let mut over = pin!(over);
        let mut next = progress.borrow().trades + 1;
        let last = plan.trades.unwrap_or(u64::MAX);
        while next <= last {
            let room = progress.wait_for(|now| now.written < now.published + BACKLOG);
            // Between two batches alone: what is under way would be written after `written`.
            tokio::select! {
                biased;
                () = &mut over => break,
                room = room => if room.is_err() { break }, // the store is closed
            }
            let end = last.min(next + TRADES - 1);
            let trades: Vec<Trade> = (next..=end).map(|id| setup.trade(id)).collect();
            let count = trades.len() as u64;
            // Stopped in the middle, it is written or not: the next run sees which.
            commands.submit(trades).await?;
            metrics.trades.add(count);
            next = end + 1;
        }
        Ok(())
    };
    stop.run_until_cancelled(write).await.unwrap_or(Ok(()))
}

/// Waits until the views have passed everything below `ends`.
pub(super) async fn caught_up(views: &Views, ends: &Positions) {
    let mut positions = views.positions();
    let passed = |now: &Positions| {
        let mut ends = ends.iter();
        ends.all(|(partition, end)| *end == 0 || now.get(partition).is_some_and(|at| at >= end))
    };
    // It fails if the views are closed: then a subscriber says why.
    positions.wait_for(passed).await.ok();
}

#[cfg(test)]
pub(super) mod tests;
