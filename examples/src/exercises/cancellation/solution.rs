//! The token ends the wait, never the charge.

use super::Bank;
use tokio::sync::mpsc::Receiver;
use tokio_util::sync::CancellationToken;

// ANCHOR: solution
pub async fn work(inbox: &mut Receiver<u32>, bank: &Bank, stop: CancellationToken) {
    while let Some(Some(order)) = stop.run_until_cancelled(inbox.recv()).await {
        bank.charge(order).await;
    }
}
// ANCHOR_END: solution
