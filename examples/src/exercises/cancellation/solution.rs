//! The token ends the wait, never the charge.

use super::Bank;
use tokio::sync::mpsc::Receiver;
use tokio_util::sync::CancellationToken as Token;

// ANCHOR: solution
pub async fn work(inbox: &mut Receiver<u32>, bank: &Bank, stop: Token) {
    loop {
        let next = stop.run_until_cancelled(inbox.recv()).await;
        let Some(Some(order)) = next else { return };
        bank.charge(order).await;
    }
}
// ANCHOR_END: solution
