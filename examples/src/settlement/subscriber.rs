//! A subscriber: a member of the group that keeps the views. Stop, drain, store, commit, leave.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tracing::debug;

use super::log::{EventLog, LogError, Member, Polled, Positions, Record};
use super::metrics::Metrics;
use super::retry::Pace;
use super::store::StoreError;
use super::views::{Applied, ApplyError, Batch, RecordId, Views};
use crate::in_flight::InFlight;

/// The group of everybody who keeps the views.
pub const GROUP: &str = "settlement-views";

/// How many batches are applied between two commits. The views have the positions: the log's own
/// are for those who watch it.
const COMMIT_EVERY: u32 = 8;

/// Why a subscriber ended before it was told to.
#[derive(Clone, Debug, thiserror::Error)]
pub enum SubscriberError {
    #[error(transparent)]
    Log(#[from] LogError),
    #[error(transparent)]
    Apply(#[from] ApplyError),
}

/// A subscriber's means.
pub struct Subscriber<M> {
    member: M,
    views: Views,
    pace: Pace,
    /// Dropped with their partition, they are no longer counted.
    owned: BTreeMap<u32, InFlight>,
    /// Where the views are, in the partitions that are owned.
    stored: Positions,
    /// Where it has asked the log to deliver again.
    sought: BTreeSet<(u32, u64)>,
}

/// Joins the group, and applies what it delivers until `stop`. Then the batch in hand is finished,
/// or given back where it would wait for a retry; positions are committed, and the group is left.
///
/// If this future is dropped, the batch in hand may be stored or not, nothing is committed, and the
/// member is dropped. Nothing is lost: the positions are in the views.
///
/// # Errors
///
/// If the log or the views fail, after retries where they can help. Nothing is lost then, either.
// ANCHOR: subscribe
pub async fn subscribe<L: EventLog>(
    log: &L,
    views: Views,
    pace: Pace,
    metrics: &Metrics,
    stop: &CancellationToken,
) -> Result<(), SubscriberError> {
    let mut subscriber = Subscriber {
        member: log.join(GROUP).await?,
        views,
        pace,
        owned: BTreeMap::new(),
        stored: Positions::new(),
        sought: BTreeSet::new(),
    };
    let applied = subscriber.apply_until(metrics, stop).await;
    let committed = subscriber.commit(metrics).await;
    let left = subscriber.member.leave().await;
    applied.and(committed)?;
    Ok(left?)
}
// ANCHOR_END: subscribe

impl<M: Member> Subscriber<M> {
    async fn apply_until(
        &mut self,
        metrics: &Metrics,
        stop: &CancellationToken,
    ) -> Result<(), SubscriberError> {
        let mut batches = 0;
        loop {
            let polled = tokio::select! {
                biased;
                () = stop.cancelled() => return Ok(()),
                polled = self.member.poll(self.pace.batch) => polled?,
            };
            match polled {
                Polled::Records(records) => {
                    self.settle(records, metrics, stop).await?;
                    batches += 1;
                    if batches % COMMIT_EVERY == 0 {
                        self.commit(metrics).await?;
                    }
                }
                Polled::Assigned(partitions) => {
                    metrics.rebalances.add(1);
                    for partition in partitions {
                        self.owned.insert(partition, metrics.owned.enter());
                        // Where the views are, whatever was committed.
                        let position = self.views.position(partition).await;
                        let position = position.map_err(ApplyError::from)?;
                        debug!(partition, position, "assigned");
                        self.seek(partition, position).await?;
                    }
                }
                Polled::Revoked(partitions) => {
                    self.commit(metrics).await?;
                    self.forget(&partitions);
                }
                Polled::Lost(partitions) => self.forget(&partitions),
            }
        }
    }

    fn forget(&mut self, partitions: &[u32]) {
        self.owned.retain(|own, _| !partitions.contains(own));
        self.stored.retain(|own, _| !partitions.contains(own));
    }

    /// Has the log deliver from `position`. A partition that was lost needs it no more.
    async fn seek(&mut self, partition: u32, position: u64) -> Result<(), LogError> {
        match self.member.seek(partition, position).await {
            Err(LogError::Fenced { .. }) => Ok(()),
            sought => sought,
        }
    }

    /// Applies a batch: all of it, or until `stop` comes while it waits for a retry.
    // ANCHOR: settle
    async fn settle(
        &mut self,
        mut records: Vec<Record>,
        metrics: &Metrics,
        stop: &CancellationToken,
    ) -> Result<(), SubscriberError> {
        // A batch that was delivered out of order is in order again.
        records.sort_by_key(|record| (record.partition, record.offset));
        let mut batch = Batch {
            records: records.into(),
            dead: BTreeMap::new(),
            sought: std::mem::take(&mut self.sought),
        };
        let mut tries = BTreeMap::new();
        while !batch.records.is_empty() {
            let applied = self.apply(&batch, metrics, stop).await?;
            let Some(applied) = applied else { break };
            self.ask_again(&applied.holes).await?;
            batch.records = applied.rest.into();
            let dead = &mut batch.dead;
            let wait = self.judge(applied.refused, &mut tries, dead);
            if let Some(wait) = wait {
                metrics.retries.add(1);
                let slept = stop.run_until_cancelled(sleep(wait)).await;
                if slept.is_none() {
                    break;
                }
            }
        }
        Ok(())
    }

    // ANCHOR_END: settle

    // ANCHOR: judge
    /// How long those wait that get another try. The rest is dead.
    fn judge(
        &self,
        refused: Vec<(RecordId, String)>,
        tries: &mut BTreeMap<RecordId, u32>,
        dead: &mut BTreeMap<RecordId, (String, u32)>,
    ) -> Option<Duration> {
        let mut wait = None;
        for (place, reason) in refused {
            let tried = tries.entry(place).or_insert(0);
            *tried += 1;
            match self.pace.retry.after(*tried) {
                Some(longer) => wait = wait.max(Some(longer)),
                None => {
                    dead.insert(place, (reason, *tried));
                }
            }
        }
        wait
    }
    // ANCHOR_END: judge

    /// Has the log deliver what is missing.
    async fn ask_again(&mut self, holes: &Positions) -> Result<(), LogError> {
        for (&partition, &position) in holes {
            self.seek(partition, position).await?;
            self.sought.insert((partition, position));
        }
        Ok(())
    }

    /// Applies what can be applied now; nothing if `stop` came while the store had no room.
    async fn apply(
        &mut self,
        batch: &Batch,
        metrics: &Metrics,
        stop: &CancellationToken,
    ) -> Result<Option<Applied>, SubscriberError> {
        let mut attempts = 0;
        let applied = loop {
            let error = match self.views.apply(batch.clone()).await {
                Ok(applied) => break applied,
                Err(
                    error @ ApplyError::Store(StoreError::Full { .. } | StoreError::Sqlite { .. }),
                ) => error,
                Err(error) => return Err(error.into()),
            };
            attempts += 1;
            let wait = self.pace.retry.after(attempts).ok_or(error)?;
            metrics.retries.add(1);
            if stop.run_until_cancelled(sleep(wait)).await.is_none() {
                return Ok(None);
            }
        };
        metrics.applied.add(applied.applied);
        metrics.redelivered.add(applied.redelivered);
        metrics.copies.add(applied.copies);
        metrics.dead.add(applied.dead);
        let stored = self.views.positions();
        let stored = stored.borrow();
        for record in &*batch.records {
            if let Some(&next) = stored.get(&record.partition) {
                self.stored.insert(record.partition, next);
            }
        }
        Ok(Some(applied))
    }

    /// Tells the log how far the views are. If it does not take it, the next commit may.
    async fn commit(&mut self, metrics: &Metrics) -> Result<(), SubscriberError> {
        match self.member.commit(&self.stored).await {
            Ok(()) => Ok(()),
            Err(LogError::Unavailable(_) | LogError::Fenced { .. }) => {
                metrics.failed_commits.add(1);
                Ok(())
            }
            Err(error) => Err(error.into()),
        }
    }
}

#[cfg(test)]
mod tests;
