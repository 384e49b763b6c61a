//! Repair: the log again from the commands, the views again from the log.

use std::collections::BTreeMap;

use tokio_util::sync::CancellationToken;

use super::commands::Commands;
use super::data::{Data, DataError, Stores, Wanted};
use super::keep::Keep;
use super::log::{EventLog, LogError};
use super::metrics::Metrics;
use super::reconcile::{Difference, ReconcileError, reconcile};
use super::relay::{self, RelayError, relay};
use super::retry::Pace;
use super::store::StoreError;
use super::views::{ApplyError, Batch, Rule, Views};

/// How many records are applied at a time.
const CHUNK: usize = 1024;

/// Why something could not be repaired.
#[derive(Debug, thiserror::Error)]
pub enum RepairError {
    #[error(transparent)]
    Data(#[from] DataError),
    #[error(transparent)]
    Reconcile(#[from] ReconcileError),
    #[error(transparent)]
    Relay(#[from] RelayError),
    #[error(transparent)]
    Apply(#[from] ApplyError),
}

impl From<LogError> for RepairError {
    fn from(error: LogError) -> RepairError {
        RepairError::Data(error.into())
    }
}

impl From<StoreError> for RepairError {
    fn from(error: StoreError) -> RepairError {
        RepairError::Data(error.into())
    }
}

/// Opens the three stores, and makes those anew that are damaged or wrong. Calls `say` with what it
/// does. Dead letters that were dropped stay so, unless the views cannot be read at all.
///
/// If this future is dropped, the repair is half done: the next one does the rest.
///
/// # Errors
///
/// If the command log is damaged, or a store cannot be read or written.
pub async fn repair<K: Keep>(
    keep: &K,
    data: &Data,
    rule: Rule,
    mut say: impl FnMut(String),
) -> Result<Stores<K::Log>, RepairError> {
    let commands = data.commands(Wanted::default()).await?;
    let (views, new) = match data.views(rule.clone()).await {
        Ok(views) => (views, false),
        Err(DataError::Store(error @ (StoreError::Damaged { .. } | StoreError::Format { .. }))) => {
            let aside = data.put_aside("views.db")?;
            say(format!("{error}: it is now {}", aside.display()));
            (data.views(rule).await?, true)
        }
        Err(error) => return Err(error.into()),
    };
    let whole = whole(keep, data, &commands, &views).await;
    let (log, wrong) = match whole {
        Ok(found) => found,
        Err(ReconcileError::Log(LogError::Damaged(damage))) => {
            say(damage.to_string());
            let aside = keep.put_aside(data)?;
            say(format!("{aside}; it is made again from the commands"));
            (publish_again(keep, data, &commands).await?, true)
        }
        Err(error) => return Err(error.into()),
    };
    if wrong || new {
        say("the views are made again from the log".into());
        views.clear().await?;
        replay(&log, &views).await?;
    }
    Ok(Stores {
        commands,
        log,
        views,
    })
}

/// The log, if all of it is whole, and whether the views differ from it.
async fn whole<K: Keep>(
    keep: &K,
    data: &Data,
    commands: &Commands,
    views: &Views,
) -> Result<(K::Log, bool), ReconcileError> {
    let log = match keep.open(data, commands.setup().partitions).await {
        Ok(log) => log,
        Err(DataError::Log(error)) => return Err(error.into()),
        Err(DataError::Store(error)) => return Err(error.into()),
        Err(error) => return Err(LogError::Unavailable(std::sync::Arc::new(error)).into()),
    };
    let checked = check(keep, commands, &log, views).await;
    match checked {
        Ok(wrong) => Ok((log, wrong)),
        Err(error) => {
            log.close().await?;
            Err(error)
        }
    }
}

async fn check<K: Keep>(
    keep: &K,
    commands: &Commands,
    log: &K::Log,
    views: &Views,
) -> Result<bool, ReconcileError> {
    keep.verify(log).await?;
    relay::check(commands, log)
        .await
        .map_err(|error| match error {
            RelayError::Log(error) => ReconcileError::Log(error),
            RelayError::Store(error) => ReconcileError::Store(error),
        })?;
    let report = reconcile(commands, log, views).await?;
    let lost = report
        .differences
        .iter()
        .find_map(|difference| match difference {
            Difference::Lost { .. } | Difference::Ahead { .. } => Some(difference.to_string()),
            _ => None,
        });
    match lost {
        Some(what) => Err(LogError::damaged("the log", None, what).into()),
        None => Ok(!report.is_balanced()),
    }
}

async fn publish_again<K: Keep>(
    keep: &K,
    data: &Data,
    commands: &Commands,
) -> Result<K::Log, RepairError> {
    commands.publish_again().await?;
    let log = keep.open(data, commands.setup().partitions).await?;
    let (last, stop) = (CancellationToken::new(), CancellationToken::new());
    last.cancel(); // nothing more is written
    let metrics = Metrics::default();
    relay(commands, &log, Pace::default(), &metrics, &last, &stop).await?;
    Ok(log)
}

/// Applies the whole log to empty views. What is refused is a dead letter at once. It needs memory
/// for a batch, whatever the log's length.
///
/// If this future is dropped, the views are whole up to their positions.
///
/// # Errors
///
/// If the log cannot be read, or the views cannot be written.
pub async fn replay<L: EventLog>(log: &L, views: &Views) -> Result<(), RepairError> {
    for partition in 0..log.partitions() {
        let mut next = 0;
        loop {
            let records = log.read(partition, next, CHUNK).await?;
            let Some(last) = records.last() else { break };
            let first = records[0].offset;
            let mut batch = Batch {
                records: records.clone().into(),
                dead: BTreeMap::new(),
                // What the log leaves out is not there.
                sought: [(partition, first), (partition, next)].into(),
            };
            next = last.offset + 1;
            while !batch.records.is_empty() {
                let applied = views.apply(batch.clone()).await?;
                let refused = applied.refused.into_iter();
                batch
                    .dead
                    .extend(refused.map(|(place, reason)| (place, (reason, 1))));
                batch.records = applied.rest.into();
            }
        }
    }
    Ok(())
}
