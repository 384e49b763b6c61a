//! The worker keeps a failed order to itself, so it needs no sender.

use super::{Ledger, Order};
use tokio::sync::mpsc::{self, Sender};

// ANCHOR: solution
pub fn start_worker(ledger: Ledger) -> Sender<Order> {
    let (orders, mut inbox) = mpsc::channel(8);
    tokio::spawn(async move {
        while let Some(mut order) = inbox.recv().await {
            while let Err(failed) = ledger.settle(order).await {
                order = failed;
            }
        }
    });
    orders
}
// ANCHOR_END: solution
