//! Exercise `lock-across-await`, for the page `src/misuse/lock-across-await.md`: a transfer that
//! may be cancelled while a bank decides. Edit `start.rs`, run
//! `cargo run -q -p companion --bin exercise -- lock-across-await`.

mod solution;
mod start;

use std::{pin::pin, time::Duration};
use tokio::{join, runtime::Builder, sync::Mutex, time};

/// The cents in two accounts. Their sum never changes, and neither falls below zero.
pub struct Accounts {
    pub from: i64,
    pub to: i64,
}

pub type Ledger = Mutex<Accounts>;

/// The bank said no, or the money is not there.
#[derive(Debug, PartialEq)]
pub struct Refused;

/// Decides about transfers, each after a second.
pub struct Bank {
    approves: bool,
}

impl Bank {
    /// Whether the bank agrees. If this future is dropped, it does nothing.
    pub async fn approve(&self, _cents: i64) -> bool {
        time::sleep(Duration::from_secs(1)).await;
        self.approves
    }
}

const KIND: Bank = Bank { approves: true };
const HALF: Duration = Duration::from_millis(500);

fn open() -> Ledger {
    Mutex::new(Accounts { from: 100, to: 0 })
}

/// Fails unless the ledger is free and holds these amounts. `when` begins the message.
fn holds(ledger: &Ledger, expected: (i64, i64), when: &str) -> Result<(), String> {
    let Ok(accounts) = ledger.try_lock() else {
        return Err(format!("{when} the ledger is locked"));
    };
    match (accounts.from, accounts.to) {
        found if found == expected => Ok(()),
        (from, to) => Err(format!("{when} the accounts hold {from} and {to}")),
    }
}

/// Says whether a transfer happens as a whole or not at all, whoever cancels it or comes between.
/// Time is paused: the bank's seconds, and a wait that nothing ends, cost none.
fn check(transfer: impl AsyncFn(&Ledger, &Bank, i64) -> Result<(), Refused>) -> Result<(), String> {
    let runtime = Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .expect("a runtime starts");
    let checked = async {
        let ledger = open();
        if transfer(&ledger, &KIND, 30).await.is_err() {
            return Err("a transfer of 30 out of 100 is refused".into());
        }
        holds(&ledger, (70, 30), "after a transfer of 30")?;

        let ledger = open();
        let strict = Bank { approves: false };
        if transfer(&ledger, &strict, 30).await.is_ok() {
            return Err("the bank refuses, the transfer does not".into());
        }
        holds(&ledger, (100, 0), "after the bank has refused,")?;
        if transfer(&ledger, &KIND, 130).await.is_ok() {
            return Err("a transfer of 130 out of 100 is not refused".into());
        }
        holds(&ledger, (100, 0), "after a transfer of 130 was refused,")?;

        if time::timeout(HALF, transfer(&ledger, &KIND, 30))
            .await
            .is_ok()
        {
            return Err("the transfer does not wait for the bank".into());
        }
        holds(&ledger, (100, 0), "cancelled while the bank decides,")?;

        let mut slow = pin!(transfer(&ledger, &KIND, 30));
        time::timeout(HALF, &mut slow).await.ok();
        holds(&ledger, (100, 0), "while the bank decides,")?;
        slow.await.ok();
        holds(&ledger, (70, 30), "after the bank has decided,")?;

        let ledger = open();
        let both = || async { join!(transfer(&ledger, &KIND, 30), transfer(&ledger, &KIND, 30)) };
        let succeeded = both().await == (Ok(()), Ok(()));
        holds(&ledger, (40, 60), "after two transfers of 30 at once")?;
        if !succeeded {
            return Err("two transfers of 30 at once are made, and one is reported refused".into());
        }
        // 40 are left: enough for the first of two, not for both.
        let (first, second) = both().await;
        holds(&ledger, (10, 90), "after two transfers of 30 out of 40")?;
        match (first, second) {
            (Ok(()), Err(Refused)) | (Err(Refused), Ok(())) => Ok(()),
            _ => Err("two transfers of 30 out of 40: one is made, one is to be refused".into()),
        }
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

    fn says(transfer: impl AsyncFn(&Ledger, &Bank, i64) -> Result<(), Refused>, complaint: &str) {
        assert_eq!(check(transfer), Err(complaint.to_owned()));
    }

    #[test]
    fn the_start_breaks_the_sum() {
        says(
            start::transfer,
            "cancelled while the bank decides, the accounts hold 70 and 0",
        );
    }

    #[test]
    fn every_wrong_answer_is_told_apart() {
        let changes_late = async |ledger: &Ledger, bank: &Bank, cents| {
            let mut accounts = ledger.lock().await;
            if accounts.from < cents || !bank.approve(cents).await {
                return Err(Refused);
            }
            accounts.from -= cents;
            accounts.to += cents;
            Ok(())
        };
        says(changes_late, "while the bank decides, the ledger is locked");

        let reserves = async |ledger: &Ledger, bank: &Bank, cents| {
            if ledger.lock().await.from < cents {
                return Err(Refused);
            }
            ledger.lock().await.from -= cents;
            let reserved = guard((), |()| {
                ledger.try_lock().expect("nobody else asks").from += cents;
            });
            if !bank.approve(cents).await {
                return Err(Refused);
            }
            ScopeGuard::into_inner(reserved);
            ledger.lock().await.to += cents;
            Ok(())
        };
        says(
            reserves,
            "while the bank decides, the accounts hold 70 and 0",
        );

        let writes_back_what_it_read = async |ledger: &Ledger, bank: &Bank, cents| {
            let from = ledger.lock().await.from;
            if from < cents || !bank.approve(cents).await {
                return Err(Refused);
            }
            *ledger.lock().await = Accounts {
                from: from - cents,
                to: 100 - from + cents,
            };
            Ok(())
        };
        says(
            writes_back_what_it_read,
            "after two transfers of 30 at once the accounts hold 70 and 30",
        );

        let looks_once = async |ledger: &Ledger, bank: &Bank, cents| {
            if ledger.lock().await.from < cents || !bank.approve(cents).await {
                return Err(Refused);
            }
            let mut accounts = ledger.lock().await;
            accounts.from -= cents;
            accounts.to += cents;
            Ok(())
        };
        says(
            looks_once,
            "after two transfers of 30 out of 40 the accounts hold -20 and 120",
        );

        let locks_twice = async |ledger: &Ledger, bank: &Bank, cents| {
            let accounts = ledger.lock().await;
            if accounts.from < cents || !bank.approve(cents).await {
                return Err(Refused);
            }
            ledger.lock().await.from -= cents;
            ledger.lock().await.to += cents;
            Ok(())
        };
        says(locks_twice, "a transfer waits for itself");

        let asks_nobody = async |ledger: &Ledger, bank: &Bank, cents| {
            let mut accounts = ledger.lock().await;
            if accounts.from < cents || !bank.approves {
                return Err(Refused);
            }
            accounts.from -= cents;
            accounts.to += cents;
            Ok(())
        };
        says(asks_nobody, "the transfer does not wait for the bank");
    }
}
