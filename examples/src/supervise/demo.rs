//! Two workers under one policy, with the time in seconds beside every line.

use super::{GaveUp, Policy, supervise};
use std::time::Duration;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

const POLICY: Policy = Policy {
    restarts: 3,
    backoff: Duration::from_secs(1),
    longest: Duration::from_secs(30),
    healthy: Duration::from_secs(60),
};

/// Supervises `quotes`, which panics twice, then runs until it is stopped, and then `orders`,
/// which always panics. Prints when they start and stop.
///
/// If this future is dropped, the worker that runs is aborted.
///
/// # Errors
///
/// [`GaveUp`], for `orders`.
pub async fn demo() -> Result<(), GaveUp> {
    let begun = Instant::now();
    let log = move |line: &str| println!("{:>3} s {line}", begun.elapsed().as_secs());

    let stop = CancellationToken::new();
    tokio::spawn({
        let stop = stop.clone();
        async move {
            sleep(Duration::from_secs(600)).await;
            stop.cancel();
        }
    });
    let mut starts = 0;
    let quotes = |stop: CancellationToken| {
        starts += 1;
        let fails = starts <= 2;
        async move {
            log("quotes starts");
            assert!(!fails, "no feed");
            stop.cancelled().await;
            log("quotes stops");
        }
    };
    supervise("quotes", POLICY, stop, quotes).await?;

    let orders = |_| async move {
        log("orders starts");
        sleep(Duration::from_secs(10)).await;
        panic!("order 7 has no price");
    };
    supervise("orders", POLICY, CancellationToken::new(), orders).await
}
