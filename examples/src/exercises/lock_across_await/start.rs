//! The caller may drop this future at any `.await`, and others need the ledger during the
//! review. Mend both.

use super::{Bank, Refused};

/// Moves `cents`, unless the review says no or the money is not there.
pub async fn transfer(bank: &Bank, cents: i64) -> Result<(), Refused> {
    let mut ledger = bank.ledger.lock().await;
    if ledger.from < cents {
        return Err(Refused);
    }
    ledger.from -= cents;
    if !bank.review(cents).await {
        ledger.from += cents;
        return Err(Refused);
    }
    ledger.to += cents;
    Ok(())
}
