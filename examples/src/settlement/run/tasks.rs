//! The tasks of a run. Each ends when its work is done, or when `stop` is cancelled.

use std::future::pending;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::super::commands::Commands;
use super::super::data::Stores;
use super::super::event::Trade;
use super::super::log::{EventLog, Positions};
use super::super::metrics::Metrics;
use super::super::reconcile::reconcile_every;
use super::super::relay::relay;
use super::super::store::StoreError;
use super::super::subscriber::subscribe;
use super::super::views::Views;
use super::{Plan, RunError};

/// How many trades share a transaction, at most.
const TRADES: u64 = 128;

/// How many records may wait in the outbox before the stream of trades does.
const BACKLOG: u64 = 16_384;

/// What every task has: handles that count together.
#[derive(Clone)]
pub struct Run<L> {
    pub stores: Stores<L>,
    pub plan: Plan,
    pub metrics: Arc<Metrics>,
    pub stop: CancellationToken,
}

impl<L: EventLog> Run<L> {
    /// Writes trades when its turn has come. Whatever the end, `written` is cancelled.
    pub async fn write(
        self,
        turn: CancellationToken,
        written: CancellationToken,
    ) -> Result<(), RunError> {
        let _last = written.drop_guard();
        if !self.comes(&turn).await? {
            return Ok(());
        }
        let commands = &self.stores.commands;
        Ok(write_trades(commands, self.plan, &self.metrics, &self.stop).await?)
    }

    /// Publishes what is written when its turn has come. After the last of it, it stops everybody
    /// as soon as all of it is applied.
    pub async fn publish(
        self,
        turn: CancellationToken,
        written: CancellationToken,
    ) -> Result<(), RunError> {
        if !self.comes(&turn).await? {
            return Ok(());
        }
        let Run { plan, metrics, .. } = &self;
        let Stores {
            commands,
            log,
            views,
        } = &self.stores;
        relay(commands, log, plan.pace, metrics, &written, &self.stop).await?;
        let ends = log.ends().await?;
        let caught_up = caught_up(views, &ends);
        if self.stop.run_until_cancelled(caught_up).await.is_some() {
            self.stop.cancel();
        }
        Ok(())
    }

    /// Applies what the log delivers.
    pub async fn apply(self) -> Result<(), RunError> {
        let Stores { log, views, .. } = self.stores;
        Ok(subscribe(&log, views, self.plan.pace, &self.metrics, &self.stop).await?)
    }

    /// Reconciles, and waits so long before it does so again.
    pub async fn reconcile(self, pause: Duration) -> Result<(), RunError> {
        Ok(reconcile_every(pause, &self.stores, &self.metrics, &self.stop).await?)
    }

    /// Waits for the turn to write; false if `stop` came first.
    async fn comes(&self, turn: &CancellationToken) -> Result<bool, StoreError> {
        let comes = self.stop.run_until_cancelled(turn.cancelled()).await;
        if comes.is_some() {
            self.stores.commands.refresh().await?;
        }
        Ok(comes.is_some())
    }
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
pub async fn caught_up(views: &Views, ends: &Positions) {
    let mut positions = views.positions();
    let passed = |now: &Positions| {
        let mut ends = ends.iter();
        ends.all(|(partition, end)| *end == 0 || now.get(partition).is_some_and(|at| at >= end))
    };
    // It fails if the views are closed: then a subscriber says why.
    positions.wait_for(passed).await.ok();
}
