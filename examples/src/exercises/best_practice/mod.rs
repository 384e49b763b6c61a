//! Exercise of "Best practice, row by row": settle every order, lose none.
//! Edit `start.rs` until `cargo run -q -p companion --bin exercise -- best-practice` says
//! `best-practice: solved`.

use super::paused_runtime;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::time::Duration;
use tokio::time::{Instant, sleep, timeout};

mod solution;
mod start;

/// An order; one without a price makes its task panic.
pub struct Order {
    pub price: Option<u32>,
}

/// How the tasks ended: every order is in one of the two counts.
#[derive(Debug, Default, PartialEq)]
pub struct Summary {
    pub settled: usize,
    pub panicked: usize,
}

/// Takes a second and returns the price.
///
/// # Panics
///
/// If the order has no price. `resume_unwind` skips the panic hook, so not even a line on
/// stderr tells of it.
pub async fn settle(order: Order) -> u32 {
    sleep(Duration::from_secs(1)).await;
    match order.price {
        Some(price) => price,
        None => resume_unwind(Box::new("an order has no price")),
    }
}

/// Asks `settle_all` for a summary of five orders, two of which panic.
pub fn check<F: Future<Output = Summary>>(
    settle_all: impl Fn(Vec<Order>) -> F,
) -> Result<(), String> {
    let prices = [Some(10), None, Some(30), None, Some(50)];
    let orders = prices.map(|price| Order { price }).into();
    let runtime = paused_runtime();
    let run = || {
        runtime.block_on(async {
            let start = Instant::now();
            let summary = timeout(Duration::from_secs(60), settle_all(orders)).await;
            (summary, start.elapsed())
        })
    };
    let (summary, took) = catch_unwind(AssertUnwindSafe(run))
        .map_err(|_| "a panicking order took settle_all down with it")?;
    let Summary { settled, panicked } = summary.map_err(|_| "settle_all never returned")?;
    if (settled, panicked) != (3, 2) {
        return Err(format!(
            "5 orders went in, {settled} settled + {panicked} panicked came out"
        ));
    }
    if took > Duration::from_millis(1500) {
        return Err("the orders were settled one after the other".into());
    }
    Ok(())
}

/// Checks the reader's version.
pub fn start() -> Result<(), String> {
    check(start::settle_all)
}

/// Checks the book's.
pub fn solution() -> Result<(), String> {
    check(solution::settle_all)
}
