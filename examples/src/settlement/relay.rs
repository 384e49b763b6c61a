//! The relay: appends what the outbox has to the log. At least once: a crash between the append
//! and the note of it means a second copy, which subscribers know by the event's number.

use std::sync::Arc;

use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::commands::Commands;
use super::event::{Event, EventId};
use super::log::{EventLog, LogError, NewRecord, Positions};
use super::metrics::Metrics;
use super::retry::{Pace, Retry};
use super::store::StoreError;

/// Why nothing more is published.
#[derive(Clone, Debug, thiserror::Error)]
pub enum RelayError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Log(#[from] LogError),
}

/// Checks that the log still has all that it has acknowledged.
///
/// # Errors
///
/// [`LogError::Damaged`], with the first record that is missing.
pub async fn check<L: EventLog>(commands: &Commands, log: &L) -> Result<(), RelayError> {
    let acknowledged = commands.acknowledged().await?;
    let ends = log.ends().await?;
    for (partition, next) in acknowledged {
        let end = ends.get(&partition).copied().unwrap_or(0);
        if end < next {
            let what = format!("it ends here, and has acknowledged all below {next}");
            let damage = LogError::damaged("the log", Some((partition, end)), what);
            return Err(RelayError::Log(damage));
        }
    }
    Ok(())
}

/// How many records at the end of a partition are looked at: an event must be among them.
const TAIL: usize = 64;

/// The first event at the ends of the log that the commands do not have. A command log that was cut
/// has lost its last commands; a new one would take their numbers, and be taken for their copy.
///
/// # Errors
///
/// If the log or the commands cannot be read.
pub async fn unwritten<L: EventLog>(
    commands: &Commands,
    log: &L,
) -> Result<Option<EventId>, RelayError> {
    for (partition, end) in log.ends().await? {
        let from = end.saturating_sub(TAIL as u64);
        for record in log.read(partition, from, TAIL).await? {
            let id = match Event::read(&record.value) {
                Ok(event) => Some(event.id()),
                Err(unreadable) => unreadable.id,
            };
            let Some(id) = id else { continue };
            if id.number > commands.last_number(id.account).await? {
                return Ok(Some(id));
            }
        }
    }
    Ok(None)
}

/// Publishes until `stop`, or until all is published and no more comes (`last` is cancelled).
///
/// There must be one at a time: two would publish in no order. If this future is dropped, the batch
/// under way may be in the log, and is published again.
///
/// # Errors
///
/// If the log or the outbox fails, after retries where they can help.
pub async fn relay<L: EventLog>(
    commands: &Commands,
    log: &L,
    pace: Pace,
    metrics: &Metrics,
    last: &CancellationToken,
    stop: &CancellationToken,
) -> Result<(), RelayError> {
    let mut progress = commands.progress();
    while !stop.is_cancelled() {
        // Asked before the look: what was written before `last`, the look sees.
        let no_more = last.is_cancelled();
        progress.mark_unchanged();
        let Some((number, batch)) = commands.unpublished(pace.batch).await? else {
            if no_more {
                return Ok(());
            }
            tokio::select! {
                () = stop.cancelled() => {}
                () = last.cancelled(), if !no_more => {}
                _ = progress.changed() => {}
            }
            continue;
        };
        let count = batch.len() as u64;
        // ANCHOR: publish
        // The same batch until the log has it: that keeps the order.
        let ends = append(log, batch, pace.retry, metrics, stop).await?;
        let Some(ends) = ends else { break };
        commands.published(number, ends).await?;
        // ANCHOR_END: publish
        metrics.published.add(count);
    }
    Ok(())
}

/// Appends with retries; nothing if `stop` came between two attempts.
async fn append<L: EventLog>(
    log: &L,
    batch: Arc<[NewRecord]>,
    retry: Retry,
    metrics: &Metrics,
    stop: &CancellationToken,
) -> Result<Option<Positions>, LogError> {
    let mut attempts = 0;
    loop {
        let error = match log.append(batch.clone()).await {
            Ok(ends) => return Ok(Some(ends)),
            Err(error @ LogError::Unavailable(_)) => error,
            Err(error) => return Err(error),
        };
        attempts += 1;
        let wait = retry.after(attempts).ok_or(error)?;
        metrics.retries.add(1);
        if stop.run_until_cancelled(sleep(wait)).await.is_none() {
            return Ok(None);
        }
    }
}
