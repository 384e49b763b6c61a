//! The answer must not wait until the ledger is freed, and no runtime thread may free it. Here the
//! task does. Mend it, and leak nothing.

use super::Ledger;

/// Adds up the ledger, whose drop takes long.
pub async fn total(ledger: Ledger) -> u64 {
    ledger.amounts.iter().sum()
}
