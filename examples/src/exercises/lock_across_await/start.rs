//! The caller may drop this future at any `.await`, and others need the ledger while the bank
//! decides. Mend both.

use super::{Bank, Ledger, Refused};

/// Moves `cents`, unless the bank refuses or the money is not there.
pub async fn transfer(ledger: &Ledger, bank: &Bank, cents: i64) -> Result<(), Refused> {
    let mut accounts = ledger.lock().await;
    if accounts.from < cents {
        return Err(Refused);
    }
    accounts.from -= cents;
    if !bank.approve(cents).await {
        accounts.from += cents;
        return Err(Refused);
    }
    accounts.to += cents;
    Ok(())
}
