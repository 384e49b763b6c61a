//! A guard holds the outcome so far; the last line before the result changes it.

use super::Samples;
use std::thread::panicking;
use tokio::time::Instant;

// ANCHOR: solution
struct Sample {
    samples: Samples,
    start: Instant,
    outcome: &'static str,
}

impl Drop for Sample {
    fn drop(&mut self) {
        if panicking() {
            self.outcome = "panicked";
        }
        self.samples.record(self.outcome, self.start.elapsed());
    }
}

pub async fn measure<T, E>(
    samples: Samples,
    work: impl Future<Output = Result<T, E>>,
) -> Result<T, E> {
    let mut sample = Sample {
        samples,
        start: Instant::now(),
        outcome: "cancelled",
    };
    let result = work.await;
    sample.outcome = if result.is_ok() { "ok" } else { "error" };
    result
}
// ANCHOR_END: solution
