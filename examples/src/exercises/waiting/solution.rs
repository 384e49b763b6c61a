//! The first error cancels, and the loop goes on until the set is empty.

use super::{Bank, Order, Settled};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

// ANCHOR: solution
pub async fn settle_all(orders: Vec<Order>, bank: Bank) -> Settled {
    let stop = CancellationToken::new();
    let mut tasks = JoinSet::new();
    for order in orders {
        tasks.spawn(bank.clone().settle(order, stop.clone()));
    }
    let mut settled = Ok(Vec::new());
    while let Some(ended) = tasks.join_next().await {
        let ended = ended.unwrap_or_else(|e| Err(e.to_string()));
        match (ended, &mut settled) {
            (Ok(id), Ok(ids)) => ids.push(id),
            (Err(error), Ok(_)) => {
                stop.cancel();
                settled = Err(error);
            }
            (_, Err(_)) => {} // only the first error counts
        }
    }
    settled
}
// ANCHOR_END: solution
