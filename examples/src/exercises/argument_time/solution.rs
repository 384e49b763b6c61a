//! The deadline is computed once, when the function is called: an `async fn` would do it at its
//! first poll.

use std::time::Duration;
use tokio::select;
use tokio::sync::mpsc::Receiver;
use tokio::time::{Instant, sleep_until};

// ANCHOR: solution
pub fn collect(
    mut market: Receiver<u32>,
    open: Duration, // counted from the call, not from the first poll
) -> impl Future<Output = Vec<u32>> {
    let closing = Instant::now() + open;
    async move {
        let mut quotes = Vec::new();
        loop {
            select! {
                biased;
                () = sleep_until(closing) => return quotes,
                next = market.recv() => match next {
                    Some(quote) => quotes.push(quote),
                    None => return quotes,
                },
            }
        }
    }
}
// ANCHOR_END: solution
