//! Commit if the result is `Ok`, roll back if not. Mend it.

use super::{Database, Settled};
use scopeguard::{defer_on_success, defer_on_unwind};

/// Writes the orders in one transaction and returns their total.
pub async fn settle(database: &Database, orders: &[&str]) -> Settled {
    database.begin();
    defer_on_unwind! { database.rollback() }
    defer_on_success! { database.commit().ok(); }
    let mut total = 0;
    for order in orders {
        let cents: u32 = order.parse().map_err(|_| "bad amount")?;
        database.write(cents).await;
        total += cents;
    }
    Ok(total)
}
