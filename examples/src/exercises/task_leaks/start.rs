//! The worker must end when the caller has dropped its sender. It never does. Mend it, and lose
//! no order.

use super::{Ledger, Order};
use tokio::sync::mpsc::{self, Sender};

/// Starts a worker that settles every order it is sent. One that fails is tried again.
pub fn start_worker(ledger: Ledger) -> Sender<Order> {
    let (orders, mut inbox) = mpsc::channel(8);
    let retry = orders.clone();
    tokio::spawn(async move {
        while let Some(order) = inbox.recv().await {
            if let Err(order) = ledger.settle(order).await {
                retry.send(order).await.expect("we receive");
            }
        }
    });
    orders
}
