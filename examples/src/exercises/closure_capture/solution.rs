//! `for_each` takes the closure by value. When it returns, the sender in it is gone.

use tokio::sync::mpsc;

use super::Order;

// ANCHOR: solution
/// Asks for all prices at once and adds those that come.
pub async fn total_of(orders: Vec<Order>) -> u32 {
    let (prices, mut received) = mpsc::channel(8);
    let ask = move |order: Order| {
        let prices = prices.clone();
        tokio::spawn(async move {
            if let Some(price) = order.price().await {
                prices.send(price).await.expect("we still receive");
            }
        });
    };
    orders.into_iter().for_each(ask);

    let mut total = 0;
    while let Some(price) = received.recv().await {
        total += price;
    }
    total
}
// ANCHOR_END: solution
