//! Reconciliation while the program runs, again and again.

use std::time::Duration;

use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use super::super::data::Stores;
use super::super::log::{EventLog, LogError};
use super::super::metrics::Metrics;
use super::{ReconcileError, Report, reconcile};

/// A pause is at least so many times what the reconciliation before it took: all of the log is
/// read, and others want to read, too.
const PAUSE: u32 = 9;

/// Why nothing is reconciled any more.
#[derive(Debug, thiserror::Error)]
pub enum Unbalanced {
    #[error("the books did not balance while it ran:\n{0}")]
    Different(Box<Report>),
    #[error(transparent)]
    Failed(#[from] ReconcileError),
}

/// Reconciles after every `pause` until `stop`, or until the books do not balance. A log that does
/// not answer has its next turn after the next pause.
///
/// If this future is dropped, nothing changes.
///
/// # Errors
///
/// The first report that has a difference, and damage.
pub async fn reconcile_every<L: EventLog>(
    pause: Duration,
    stores: &Stores<L>,
    metrics: &Metrics,
    stop: &CancellationToken,
) -> Result<(), Unbalanced> {
    let again = async {
        let mut took = Duration::ZERO;
        loop {
            sleep(pause.max(took * PAUSE)).await;
            let begun = Instant::now();
            match reconcile(&stores.commands, &stores.log, &stores.views).await {
                Ok(report) if report.is_balanced() => metrics.reconciled.add(1),
                Ok(report) => return Err(Unbalanced::Different(Box::new(report))),
                Err(ReconcileError::Log(LogError::Unavailable(_))) => metrics.retries.add(1),
                Err(error) => return Err(error.into()),
            }
            took = begun.elapsed();
        }
    };
    stop.run_until_cancelled(again).await.unwrap_or(Ok(()))
}
