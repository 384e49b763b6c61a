//! The blocking pool frees the ledger, and nobody waits for it.

use super::Ledger;

// ANCHOR: solution
pub async fn total(ledger: Ledger) -> u64 {
    let sum = ledger.amounts.iter().sum();
    tokio::task::spawn_blocking(move || drop(ledger));
    sum
}
// ANCHOR_END: solution
