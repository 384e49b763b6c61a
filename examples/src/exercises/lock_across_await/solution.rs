//! Every wait comes before the first change, and the last one is the wait for the lock.

use super::{Bank, Ledger, Refused};

// ANCHOR: solution
pub async fn transfer(ledger: &Ledger, bank: &Bank, cents: i64) -> Result<(), Refused> {
    if !bank.approve(cents).await {
        return Err(Refused);
    }
    let mut accounts = ledger.lock().await; // the last await
    if accounts.from < cents {
        return Err(Refused);
    }
    accounts.from -= cents;
    accounts.to += cents;
    Ok(())
}
// ANCHOR_END: solution
