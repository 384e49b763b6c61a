//! Exercise `return-value`, for the page `src/foundations/return-value.md`: a transaction that
//! is committed only if everything in it worked. Edit `start.rs`, run
//! `cargo run -q -p companion --bin exercise -- return-value`.

mod solution;
mod start;

use futures::FutureExt;
use std::cell::RefCell;
use std::future::pending;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

/// The total of the orders, or why they were not settled.
pub type Settled = Result<u32, String>;

/// What goes wrong while the database is used.
#[derive(Clone, Copy)]
enum Fault {
    None,
    HangUp,
    Panic,
    Commit,
}

/// A database; it remembers what became of its one transaction.
pub struct Database {
    fault: Fault,
    calls: RefCell<Vec<&'static str>>,
}

impl Database {
    pub fn begin(&self) {
        self.calls.borrow_mut().push("begin");
    }

    /// Adds an order to the open transaction.
    ///
    /// # Panics
    ///
    /// If the fault is a panic. `resume_unwind` skips the panic hook and its message.
    pub async fn write(&self, _cents: u32) {
        match self.fault {
            Fault::HangUp => pending().await,
            Fault::Panic => resume_unwind(Box::new("the driver panics")),
            Fault::None | Fault::Commit => {}
        }
    }

    /// Makes the writes last.
    ///
    /// # Errors
    ///
    /// If the disk is full. The transaction is then still open.
    pub fn commit(&self) -> Result<(), String> {
        if let Fault::Commit = self.fault {
            self.calls.borrow_mut().push("failed commit");
            return Err("disk full".into());
        }
        self.calls.borrow_mut().push("commit");
        Ok(())
    }

    pub fn rollback(&self) {
        self.calls.borrow_mut().push("rollback");
    }
}

/// Settles orders in five ways, and says whether the result and the transaction agree.
fn check(settle: impl AsyncFn(&Database, &[&str]) -> Settled) -> Result<(), String> {
    let good: &[&str] = &["1250", "750"];
    let bad: &[&str] = &["1250", "7,50"];
    let (committed, undone) = ("begin, commit", "begin, rollback");
    let retried = "begin, failed commit, rollback";
    let cases = [
        ("all is well", Fault::None, good, "Ok(2000)", committed),
        ("an amount is bad", Fault::None, bad, "Err", undone),
        (
            "the client hung up",
            Fault::HangUp,
            good,
            "cancelled",
            undone,
        ),
        (
            "the driver panicked",
            Fault::Panic,
            good,
            "panicked",
            undone,
        ),
        ("the disk is full", Fault::Commit, good, "Err", retried),
    ];
    for (case, fault, orders, result, transaction) in cases {
        let calls = RefCell::default();
        let database = Database { fault, calls };
        // One poll, then the future is dropped: whoever waits is cancelled.
        let run = || settle(&database, orders).now_or_never();
        let ended = match catch_unwind(AssertUnwindSafe(run)) {
            Ok(Some(Ok(total))) => format!("Ok({total})"),
            Ok(Some(Err(_))) => "Err".into(),
            Ok(None) => "cancelled".into(),
            Err(_) => "panicked".into(),
        };
        if ended != result {
            return Err(format!("{case}: expected {result}, found {ended}"));
        }
        let calls = database.calls.borrow().join(", ");
        if calls != transaction {
            return Err(format!(
                "{case}: the database saw {calls:?}, not {transaction:?}"
            ));
        }
    }
    Ok(())
}

/// Checks `start.rs`.
pub fn start() -> Result<(), String> {
    check(start::settle)
}

/// Checks `solution.rs`.
pub fn solution() -> Result<(), String> {
    check(solution::settle)
}

#[cfg(test)]
mod tests {
    use super::*;
    use scopeguard::{ScopeGuard, guard};

    async fn write_all(database: &Database, orders: &[&str]) -> Settled {
        let mut total = 0;
        for order in orders {
            let cents: u32 = order.parse().map_err(|_| "bad amount")?;
            database.write(cents).await;
            total += cents;
        }
        Ok(total)
    }

    #[test]
    fn every_wrong_answer_is_told_apart() {
        let wrong = |said: &str| Err(said.to_string());

        let by_hand = async |database: &Database, orders: &[&str]| {
            database.begin();
            let settled = write_all(database, orders).await;
            match settled {
                Ok(_) => database.commit()?,
                Err(_) => database.rollback(),
            }
            settled
        };
        let said = r#"the client hung up: the database saw "begin", not "begin, rollback""#;
        assert_eq!(check(by_hand), wrong(said));

        let disarmed_first = async |database: &Database, orders: &[&str]| {
            database.begin();
            let open = guard((), |()| database.rollback());
            let total = write_all(database, orders).await?;
            ScopeGuard::into_inner(open);
            database.commit()?;
            Ok(total)
        };
        let said = r#"the disk is full: the database saw "begin, failed commit", not "begin, failed commit, rollback""#;
        assert_eq!(check(disarmed_first), wrong(said));

        let swallowed = async |database: &Database, orders: &[&str]| {
            database.begin();
            let open = guard((), |()| database.rollback());
            let total = write_all(database, orders).await?;
            if database.commit().is_ok() {
                ScopeGuard::into_inner(open);
            }
            Ok(total)
        };
        let said = "the disk is full: expected Err, found Ok(2000)";
        assert_eq!(check(swallowed), wrong(said));

        let always = async |database: &Database, orders: &[&str]| {
            database.begin();
            let _open = guard((), |()| database.rollback());
            let total = write_all(database, orders).await?;
            database.commit()?;
            Ok(total)
        };
        let said =
            r#"all is well: the database saw "begin, commit, rollback", not "begin, commit""#;
        assert_eq!(check(always), wrong(said));
    }
}
