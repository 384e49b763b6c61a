//! Every wait comes before the first change, and the last one is the wait for the lock.

use super::{Bank, Refused};

// ANCHOR: solution
pub async fn transfer(bank: &Bank, cents: i64) -> Result<(), Refused> {
    if !bank.review(cents).await {
        return Err(Refused);
    }
    let mut ledger = bank.ledger.lock().await; // the last await
    if ledger.from < cents {
        return Err(Refused);
    }
    ledger.from -= cents;
    ledger.to += cents;
    Ok(())
}
// ANCHOR_END: solution
