//! The deadline must end the collection, however busy the market is. It never does. Mend it, and
//! lose no quote.

use std::time::Duration;
use tokio::select;
use tokio::sync::mpsc::Receiver;
use tokio::time::sleep;

/// Collects quotes for `open`, counted from the call, or until the market closes.
pub async fn collect(mut market: Receiver<u32>, open: Duration) -> Vec<u32> {
    let mut quotes = Vec::new();
    loop {
        select! {
            quote = market.recv() => match quote {
                Some(quote) => quotes.push(quote),
                None => return quotes,
            },
            () = sleep(open) => return quotes,
        }
    }
}
