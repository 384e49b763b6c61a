//! Exercise `lock-across-await`, for the page `src/misuse/lock-across-await.md`: a transfer that
//! may be cancelled during a review. Edit `start.rs`, run
//! `cargo run -q -p companion --bin exercise -- lock-across-await`.

mod solution;
mod start;

use super::paused_runtime;
use std::{pin::pin, time::Duration};
use tokio::{join, sync::Mutex, time};

/// The cents in two accounts. Their sum never changes, and neither falls below zero.
pub struct Ledger {
    pub from: i64,
    pub to: i64,
}

/// The review said no, or the money is not there.
#[derive(Debug, PartialEq)]
pub struct Refused;

pub struct Bank {
    pub ledger: Mutex<Ledger>,
    /// What every review says.
    agrees: bool,
}

impl Bank {
    /// Whether the transfer may happen. Takes a second, needs no lock and changes nothing, so
    /// this future can be dropped at any time.
    pub async fn review(&self, _cents: i64) -> bool {
        time::sleep(Duration::from_secs(1)).await;
        self.agrees
    }

    fn open(agrees: bool) -> Bank {
        let ledger = Mutex::new(Ledger { from: 100, to: 0 });
        Bank { ledger, agrees }
    }

    /// Fails unless the ledger is free and holds these amounts. `when` begins the message.
    fn holds(&self, expected: (i64, i64), when: &str) -> Result<(), String> {
        let Ok(ledger) = self.ledger.try_lock() else {
            return Err(format!("{when} the ledger is locked"));
        };
        match (ledger.from, ledger.to) {
            found if found == expected => Ok(()),
            (from, to) => Err(format!("{when} the accounts hold {from} and {to}")),
        }
    }
}

type Made = Result<(), Refused>;

/// A transfer that nobody disturbs: made if the review agrees and the money is there.
async fn check_alone(transfer: &impl AsyncFn(&Bank, i64) -> Made) -> Result<(), String> {
    let bank = Bank::open(true);
    if transfer(&bank, 30).await.is_err() {
        return Err("a transfer of 30 out of 100 is refused".into());
    }
    bank.holds((70, 30), "after a transfer of 30")?;

    let bank = Bank::open(false);
    if transfer(&bank, 30).await.is_ok() {
        return Err("the review says no, the transfer does not".into());
    }
    bank.holds((100, 0), "after the review has said no")?;

    let bank = Bank::open(true);
    if transfer(&bank, 130).await.is_ok() {
        return Err("a transfer of 130 out of 100 is not refused".into());
    }
    bank.holds((100, 0), "after a transfer of 130 was refused")
}

/// A transfer that is cancelled during the review, and one that others look at.
async fn check_during(transfer: &impl AsyncFn(&Bank, i64) -> Made) -> Result<(), String> {
    let half = Duration::from_millis(500);
    let bank = Bank::open(true);
    if time::timeout(half, transfer(&bank, 30)).await.is_ok() {
        return Err("the transfer does not wait for the review".into());
    }
    bank.holds((100, 0), "cancelled during the review,")?;

    let mut transferring = pin!(transfer(&bank, 30));
    time::timeout(half, &mut transferring).await.ok();
    bank.holds((100, 0), "during the review")?;
    transferring.await.ok();
    bank.holds((70, 30), "after the review")
}

/// Two transfers at once: the money is there for both, and then only for one.
async fn check_both(transfer: &impl AsyncFn(&Bank, i64) -> Made) -> Result<(), String> {
    let bank = Bank::open(true);
    let two = async || join!(transfer(&bank, 30), transfer(&bank, 30));
    let made = two().await;
    bank.holds((40, 60), "after two transfers of 30 at once")?;
    if made != (Ok(()), Ok(())) {
        return Err("two transfers of 30 at once are made, and one says refused".into());
    }

    let made = two().await;
    bank.holds((10, 90), "after two transfers of 30 out of 40")?;
    match made {
        (Ok(()), Err(Refused)) | (Err(Refused), Ok(())) => Ok(()),
        _ => Err("of two transfers of 30 out of 40 one is made, and none or both say so".into()),
    }
}

/// Says whether a transfer happens as a whole or not at all, whoever cancels it or comes between.
/// Time is paused: the reviews, and a wait that nothing ends, cost none.
fn check(transfer: impl AsyncFn(&Bank, i64) -> Made) -> Result<(), String> {
    let runtime = paused_runtime();
    let checked = async {
        check_alone(&transfer).await?;
        check_during(&transfer).await?;
        check_both(&transfer).await
    };
    runtime.block_on(async {
        let ended = time::timeout(Duration::from_secs(3600), checked).await;
        ended.unwrap_or_else(|_| Err("a transfer waits for itself".into()))
    })
}

/// Checks `start.rs`.
pub fn start() -> Result<(), String> {
    check(start::transfer)
}

/// Checks `solution.rs`.
pub fn solution() -> Result<(), String> {
    check(solution::transfer)
}

#[cfg(test)]
mod tests {
    use super::*;
    use scopeguard::{ScopeGuard, guard};

    fn says(transfer: impl AsyncFn(&Bank, i64) -> Made, complaint: &str) {
        assert_eq!(check(transfer), Err(complaint.to_owned()));
    }

    #[test]
    fn the_start_breaks_the_sum() {
        says(
            start::transfer,
            "cancelled during the review, the accounts hold 70 and 0",
        );
    }

    #[test]
    fn every_wrong_answer_is_told_apart() {
        let changes_late = async |bank: &Bank, cents| {
            let mut ledger = bank.ledger.lock().await;
            if ledger.from < cents || !bank.review(cents).await {
                return Err(Refused);
            }
            ledger.from -= cents;
            ledger.to += cents;
            Ok(())
        };
        says(changes_late, "during the review the ledger is locked");

        let reserves = async |bank: &Bank, cents| {
            if bank.ledger.lock().await.from < cents {
                return Err(Refused);
            }
            bank.ledger.lock().await.from -= cents;
            let reserved = guard((), |()| {
                bank.ledger.try_lock().expect("nobody else asks").from += cents;
            });
            if !bank.review(cents).await {
                return Err(Refused);
            }
            ScopeGuard::into_inner(reserved);
            bank.ledger.lock().await.to += cents;
            Ok(())
        };
        says(reserves, "during the review the accounts hold 70 and 0");

        let writes_back_what_it_read = async |bank: &Bank, cents| {
            let from = bank.ledger.lock().await.from;
            if from < cents || !bank.review(cents).await {
                return Err(Refused);
            }
            let (from, to) = (from - cents, 100 - from + cents);
            *bank.ledger.lock().await = Ledger { from, to };
            Ok(())
        };
        says(
            writes_back_what_it_read,
            "after two transfers of 30 at once the accounts hold 70 and 30",
        );

        let looks_once = async |bank: &Bank, cents| {
            if bank.ledger.lock().await.from < cents || !bank.review(cents).await {
                return Err(Refused);
            }
            let mut ledger = bank.ledger.lock().await;
            ledger.from -= cents;
            ledger.to += cents;
            Ok(())
        };
        says(
            looks_once,
            "after two transfers of 30 out of 40 the accounts hold -20 and 120",
        );

        let locks_twice = async |bank: &Bank, cents| {
            let ledger = bank.ledger.lock().await;
            if ledger.from < cents || !bank.review(cents).await {
                return Err(Refused);
            }
            bank.ledger.lock().await.from -= cents;
            bank.ledger.lock().await.to += cents;
            Ok(())
        };
        says(locks_twice, "a transfer waits for itself");

        let asks_nobody = async |bank: &Bank, cents| {
            let mut ledger = bank.ledger.lock().await;
            if ledger.from < cents || !bank.agrees {
                return Err(Refused);
            }
            ledger.from -= cents;
            ledger.to += cents;
            Ok(())
        };
        says(asks_nobody, "the transfer does not wait for the review");
    }
}
