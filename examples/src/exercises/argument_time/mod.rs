//! Exercise `argument-time`, for the page `src/misuse/argument-time.md`: a deadline that starts
//! anew with every quote. Edit `start.rs`, run
//! `cargo run -q -p companion --bin exercise -- argument-time`.

mod solution;
mod start;

use super::paused_runtime;
use std::time::Duration;
use tokio::sync::mpsc::{self, Receiver};
use tokio::time::{Instant, interval, sleep, timeout};

const SECOND: Duration = Duration::from_secs(1);

/// A market with a quote a second: 0 at once, then 1, 2, 3 … for ever.
fn busy_market() -> Receiver<u32> {
    let (quotes, market) = mpsc::channel(1);
    tokio::spawn(async move {
        let mut beat = interval(SECOND);
        for quote in 0.. {
            beat.tick().await;
            if quotes.send(quote).await.is_err() {
                return;
            }
        }
    });
    market
}

/// Runs `collect` on a busy market, `late` after it was called; says what came back, and how long
/// after the call.
async fn busy<F>(collect: impl Fn(Receiver<u32>, Duration) -> F, late: Duration) -> String
where
    F: Future<Output = Vec<u32>>,
{
    let market = busy_market();
    let start = Instant::now();
    let collecting = collect(market, SECOND * 5 / 2);
    sleep(late).await;
    match timeout(SECOND * 3600, collecting).await {
        Ok(quotes) => format!("{quotes:?} after {:?}", start.elapsed()),
        Err(_) => "still collecting after an hour".into(),
    }
}

/// Says whether the collection ends by its deadline, counted from the call, and by the end of the
/// market, and keeps every quote. Time is paused: its hours cost none.
fn check<F>(collect: impl Fn(Receiver<u32>, Duration) -> F) -> Result<(), String>
where
    F: Future<Output = Vec<u32>>,
{
    let runtime = paused_runtime();
    runtime.block_on(async {
        let found = busy(&collect, Duration::ZERO).await;
        if found != "[0, 1, 2] after 2.5s" {
            return Err(format!("open for 2.5 s, a quote a second: {found}"));
        }
        let found = busy(&collect, SECOND).await;
        if !found.ends_with("after 2.5s") {
            return Err(format!("called, and awaited a second later: {found}"));
        }

        let (quotes, market) = mpsc::channel(3);
        for quote in [7, 8, 9] {
            quotes.try_send(quote).expect("there is room");
        }
        drop(quotes);
        match timeout(SECOND * 2, collect(market, SECOND * 5 / 2)).await {
            Ok(quotes) if quotes == [7, 8, 9] => Ok(()),
            found => Err(format!("the market closed after 7, 8, 9: {found:?}")),
        }
    })
}

/// Checks `start.rs`.
pub fn start() -> Result<(), String> {
    check(start::collect)
}

/// Checks `solution.rs`.
pub fn solution() -> Result<(), String> {
    check(solution::collect)
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::time::sleep_until;

    #[test]
    fn the_start_never_ends() {
        let wrong = "open for 2.5 s, a quote a second: still collecting after an hour";
        assert_eq!(start(), Err(wrong.into()));
    }

    #[test]
    fn every_wrong_answer_is_told_apart() {
        // The deadline is computed at the first poll.
        let late = |mut market: Receiver<u32>, open| async move {
            let closing = Instant::now() + open;
            let mut quotes = Vec::new();
            while let Ok(Some(quote)) = tokio::time::timeout_at(closing, market.recv()).await {
                quotes.push(quote);
            }
            quotes
        };
        let wrong = "called, and awaited a second later: [0, 1, 2, 3] after 3.5s";
        assert_eq!(check(late), Err(wrong.into()));

        let keeps_none = |market, open| timeout(open, forget(market));
        let keeps_none = |market, open| {
            let bounded = keeps_none(market, open);
            async move { bounded.await.unwrap_or_default() }
        };
        let wrong = "open for 2.5 s, a quote a second: [] after 2.5s";
        assert_eq!(check(keeps_none), Err(wrong.into()));

        let sleeps_on = |mut market: Receiver<u32>, open| {
            let closing = Instant::now() + open;
            async move {
                sleep_until(closing).await;
                std::iter::from_fn(|| market.try_recv().ok()).collect()
            }
        };
        assert!(check(sleeps_on).is_err());
    }

    async fn forget(mut market: Receiver<u32>) -> Vec<u32> {
        let mut quotes = Vec::new();
        while let Some(quote) = market.recv().await {
            quotes.push(quote);
        }
        quotes
    }
}
