//! When one order fails, no other may be left half settled, and none may still run when
//! `settle_all` returns. Mend it.

use super::{Bank, Order, Settled};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// Settles all orders at once. After the first error it stops the others, and returns that error.
pub async fn settle_all(orders: Vec<Order>, bank: Bank) -> Settled {
    let stop = CancellationToken::new();
    let mut tasks = JoinSet::new();
    for order in orders {
        tasks.spawn(bank.clone().settle(order, stop.clone()));
    }
    let mut settled = Vec::new();
    while let Some(ended) = tasks.join_next().await {
        settled.push(ended.map_err(|error| error.to_string())??);
    }
    Ok(settled)
}
