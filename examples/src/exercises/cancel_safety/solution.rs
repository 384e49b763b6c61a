//! First the place, then the order: between them and after them nothing waits.

use tokio::sync::mpsc::{Receiver, Sender};

// ANCHOR: solution
pub async fn forward(inbox: &mut Receiver<u32>, out: &Sender<u32>) {
    let place = out.reserve().await.expect("we keep the receiver");
    if let Some(order) = inbox.recv().await {
        place.send(order);
    }
}
// ANCHOR_END: solution
