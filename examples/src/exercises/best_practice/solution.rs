// ANCHOR: solution
use super::{Order, Summary, settle};
use tokio::task::JoinSet;

/// Settles all orders at once and counts how their tasks ended.
pub async fn settle_all(orders: Vec<Order>) -> Summary {
    let mut tasks = JoinSet::new();
    for order in orders {
        tasks.spawn(settle(order));
    }

    let mut summary = Summary::default();
    while let Some(ended) = tasks.join_next().await {
        match ended {
            Ok(_price) => summary.settled += 1,
            Err(e) if e.is_panic() => summary.panicked += 1,
            Err(e) => unreachable!("nobody cancels: {e}"),
        }
    }
    summary
}
// ANCHOR_END: solution
