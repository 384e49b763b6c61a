//! The worker is told to stop. It must leave at once when it waits, begin no further order, and
//! finish the one it has begun. Mend it, and lose no order.

use super::Bank;
use std::time::Duration;
use tokio::{sync::mpsc::Receiver, time::timeout};
use tokio_util::sync::CancellationToken;

/// How often the worker looks whether it is to stop.
const LOOK: Duration = Duration::from_millis(500);

/// Charges orders until `stop` is cancelled, or until nobody can send one any more.
pub async fn work(inbox: &mut Receiver<u32>, bank: &Bank, stop: CancellationToken) {
    while !stop.is_cancelled() {
        match timeout(LOOK, inbox.recv()).await {
            Ok(Some(order)) => bank.charge(order).await,
            Ok(None) => return,
            Err(_nothing_came) => {}
        }
    }
}
