use super::{Order, Summary, settle};
use tokio::sync::mpsc;

/// Settles all orders at once and counts how their tasks ended.
pub async fn settle_all(orders: Vec<Order>) -> Summary {
    let (results, mut prices) = mpsc::channel(8);
    for order in orders {
        let results = results.clone();
        tokio::spawn(async move {
            let price = settle(order).await;
            results.send(price).await.expect("we still receive");
        });
    }
    drop(results); // the tasks hold the other senders

    let mut summary = Summary::default();
    while let Some(_price) = prices.recv().await {
        summary.settled += 1;
    }
    summary
}
