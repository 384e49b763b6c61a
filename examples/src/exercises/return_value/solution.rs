//! Committing is a call; dropping rolls back.

// ANCHOR: solution
use super::{Database, Settled};

/// An open transaction; rolled back unless `commit` returns `Ok`.
struct Transaction<'a> {
    database: &'a Database,
    committed: bool,
}

impl<'a> Transaction<'a> {
    fn begin(database: &'a Database) -> Self {
        database.begin();
        Transaction {
            database,
            committed: false,
        }
    }

    fn commit(mut self) -> Result<(), String> {
        self.database.commit()?;
        self.committed = true;
        Ok(())
    }
}

impl Drop for Transaction<'_> {
    fn drop(&mut self) {
        if !self.committed {
            self.database.rollback();
        }
    }
}

/// Writes the orders in one transaction and returns their total.
pub async fn settle(database: &Database, orders: &[&str]) -> Settled {
    let transaction = Transaction::begin(database);
    let mut total = 0;
    for order in orders {
        let cents: u32 = order.parse().map_err(|_| "bad amount")?;
        database.write(cents).await;
        total += cents;
    }
    transaction.commit()?;
    Ok(total)
}
// ANCHOR_END: solution
