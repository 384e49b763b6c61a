//! `forward` loses an order when it is dropped while it waits. Mend it.

use tokio::sync::mpsc::{Receiver, Sender};

/// Forwards the next order. Returns when it is in `out`, or when `inbox` is closed and empty.
pub async fn forward(inbox: &mut Receiver<u32>, out: &Sender<u32>) {
    if let Some(order) = inbox.recv().await {
        out.send(order).await.expect("we keep the receiver");
    }
}
