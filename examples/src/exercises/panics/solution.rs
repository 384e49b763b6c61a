//! Whichever task ends first is read first, and a panic cancels the token.

use super::{Outcome, Workers};
use crate::supervise::message;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

// ANCHOR: solution
pub async fn run(workers: Workers, stop: CancellationToken) -> Outcome {
    let mut tasks = JoinSet::new();
    for worker in workers {
        tasks.spawn(worker(stop.clone()));
    }
    let mut first = Ok(());
    while let Some(ended) = tasks.join_next().await {
        if let Err(end) = ended {
            stop.cancel(); // the others return, and are joined
            let panic = end.try_into_panic().expect("nobody aborts");
            first = first.and(Err(message(&*panic).to_owned()));
        }
    }
    first
}
// ANCHOR_END: solution
