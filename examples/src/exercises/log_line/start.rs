//! Every request must leave one sample, whichever way it ends. A cancelled one leaves none, and
//! neither does one that panics. Mend it.

use super::Samples;
use std::time::Duration;
use tokio::time::Instant;

/// Runs the work of a request and records how it ended, and how long it took.
pub async fn measure<T, E>(
    samples: Samples,
    work: impl Future<Output = Result<T, E>>,
) -> Result<T, E> {
    let start = Instant::now();
    let result = work.await;
    let outcome = if result.is_ok() { "ok" } else { "error" };
    let took: Duration = start.elapsed();
    samples.record(outcome, took);
    result
}
