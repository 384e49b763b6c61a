//! Exercise `closure-capture`, for the page `src/foundations/closure-capture.md`: a closure that
//! keeps the channel open. Edit `start.rs` until
//! `cargo run -q -p companion --bin exercise -- closure-capture` says `closure-capture: solved`.

mod solution;
mod start;

use super::paused_runtime;
use std::time::Duration;
use tokio::time::{Instant, sleep, timeout};

/// An order; not every one has a price.
pub struct Order {
    price: Option<u32>,
}

impl Order {
    /// Asks for the price, which takes a second.
    pub async fn price(self) -> Option<u32> {
        sleep(Duration::from_secs(1)).await;
        self.price
    }
}

/// Asks `total_of` for the sum of five orders, two of which have no price. Time is paused: a wait
/// that nothing ends costs none.
fn check<F: Future<Output = u32>>(total_of: impl FnOnce(Vec<Order>) -> F) -> Result<(), String> {
    let prices = [Some(10), None, Some(30), None, Some(50)];
    let orders = prices.map(|price| Order { price }).into();
    let runtime = paused_runtime();
    runtime.block_on(async {
        let asked = Instant::now();
        let Ok(total) = timeout(Duration::from_secs(60), total_of(orders)).await else {
            return Err("the prices are in, and the receiver still waits".into());
        };
        if total != 90 {
            return Err(format!("the orders cost 90, not {total}"));
        }
        if asked.elapsed() > Duration::from_millis(1500) {
            return Err("the total is right, and later than the last price".into());
        }
        Ok(())
    })
}

/// Checks `start.rs`.
pub fn start() -> Result<(), String> {
    check(start::total_of)
}

/// Checks `solution.rs`.
pub fn solution() -> Result<(), String> {
    check(solution::total_of)
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::sync::mpsc;

    #[test]
    fn dropping_the_closure_holds_too() {
        let drops_it = |orders: Vec<Order>| async {
            let (prices, mut received) = mpsc::channel(8);
            let ask = move |order: Order| {
                let prices = prices.clone();
                tokio::spawn(async move {
                    if let Some(price) = order.price().await {
                        prices.send(price).await.expect("we still receive");
                    }
                });
            };
            for order in orders {
                ask(order);
            }
            drop(ask);
            let mut total = 0;
            while let Some(price) = received.recv().await {
                total += price;
            }
            total
        };
        assert_eq!(check(drops_it), Ok(()));
    }

    #[test]
    fn every_wrong_answer_is_told_apart() {
        let first_three = |orders: Vec<Order>| async {
            let mut total = 0;
            for order in orders.into_iter().take(3) {
                total += order.price().await.unwrap_or(0);
            }
            total
        };
        assert_eq!(check(first_three), Err("the orders cost 90, not 40".into()));

        let in_turn = |orders: Vec<Order>| async {
            let mut total = 0;
            for order in orders {
                total += order.price().await.unwrap_or(0);
            }
            total
        };
        let late = Err("the total is right, and later than the last price".into());
        assert_eq!(check(in_turn), late);

        let gives_up = |orders: Vec<Order>| async {
            let (prices, mut received) = mpsc::channel(8);
            for order in orders {
                let prices = prices.clone();
                tokio::spawn(async move {
                    if let Some(price) = order.price().await {
                        prices.send(price).await.expect("we still receive");
                    }
                });
            }
            let mut total = 0;
            let patience = Duration::from_secs(5);
            while let Ok(Some(price)) = timeout(patience, received.recv()).await {
                total += price;
            }
            total
        };
        assert_eq!(check(gives_up), late);

        let counts = |orders: Vec<Order>| async move {
            let (prices, mut received) = mpsc::channel(8);
            let expected = orders.len();
            for order in orders {
                let prices = prices.clone();
                tokio::spawn(async move {
                    if let Some(price) = order.price().await {
                        prices.send(price).await.expect("we still receive");
                    }
                });
            }
            let mut total = 0;
            for _ in 0..expected {
                total += received.recv().await.unwrap_or(0);
            }
            total
        };
        assert_eq!(
            check(counts),
            Err("the prices are in, and the receiver still waits".into())
        );
    }
}
