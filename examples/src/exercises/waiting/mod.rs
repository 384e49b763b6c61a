//! Exercise `waiting`, for the page `src/practice/waiting.md`: the first error stops everybody
//! else, and waits for them. Edit `start.rs`, run
//! `cargo run -q -p companion --bin exercise -- waiting`.

mod solution;
mod start;

use super::paused_runtime;
use std::collections::BTreeMap;
use std::panic::resume_unwind;
use std::sync::{Arc, Mutex};
use std::thread::panicking;
use std::time::Duration;
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;

/// An order, and what the bank will do with it.
pub struct Order {
    pub id: u32,
    takes: Duration,
    end: End,
}

/// The ids of the settled orders, or the first error.
pub type Settled = Result<Vec<u32>, String>;

#[derive(Clone, Copy)]
enum End {
    Settled,
    Declined,
    /// The bank's code panics.
    Panic,
}

#[derive(Clone, Copy, PartialEq, Debug)]
enum State {
    Running,
    Settled,
    Failed,
    RolledBack,
    CutOff,
}

/// The bank, and what became of each order. Clones share one book.
#[derive(Clone, Default)]
pub struct Bank(Arc<Mutex<BTreeMap<u32, State>>>);

impl Bank {
    /// Settles an order, or takes it back if it is told to stop.
    ///
    /// If this future is dropped while the order runs, the order is cut off: nobody knows whether
    /// it is settled.
    pub async fn settle(self, order: Order, stop: CancellationToken) -> Result<u32, String> {
        let id = order.id;
        let running = Running(&self, id);
        self.note(id, State::Running);
        let settled = stop.run_until_cancelled(sleep(order.takes)).await;
        let state = match (settled, order.end) {
            (None, _) => {
                sleep(Duration::from_secs(1)).await;
                State::RolledBack
            }
            (Some(()), End::Settled) => State::Settled,
            (Some(()), End::Declined) => State::Failed,
            (Some(()), End::Panic) => resume_unwind(Box::new("the bank panics")),
        };
        self.note(id, state);
        drop(running);
        match state {
            State::Settled => Ok(id),
            State::RolledBack => Err(format!("order {id}: rolled back")),
            _ => Err(format!("order {id}: declined")),
        }
    }

    fn note(&self, id: u32, state: State) {
        self.0.lock().expect("no note panics").insert(id, state);
    }

    fn book(&self) -> BTreeMap<u32, State> {
        self.0.lock().expect("no note panics").clone()
    }
}

/// Notes an order that ends while it runs.
struct Running<'a>(&'a Bank, u32);

impl Drop for Running<'_> {
    fn drop(&mut self) {
        if self.0.book().get(&self.1) == Some(&State::Running) {
            let state = if panicking() {
                State::Failed
            } else {
                State::CutOff
            };
            self.0.note(self.1, state);
        }
    }
}

/// Says whether all orders are settled, or else none is left half settled. Time is paused.
fn check<F>(settle_all: impl Fn(Vec<Order>, Bank) -> F) -> Result<(), String>
where
    F: Future<Output = Settled> + Send + 'static,
{
    let runtime = paused_runtime();
    let run = |orders: &[(u32, u64, End)]| {
        let order = |&(id, secs, end)| Order {
            id,
            takes: Duration::from_secs(secs),
            end,
        };
        let bank = Bank::default();
        let all = settle_all(orders.iter().map(order).collect(), bank.clone());
        runtime.block_on(async {
            let started = Instant::now();
            let all = tokio::spawn(timeout(Duration::from_secs(3600), all));
            let all = all.await.map_err(|panic| format!("settle_all: {panic}"))?;
            let all = all.map_err(|_| "settle_all does not return within an hour")?;
            Ok::<_, String>((all, bank.book(), started.elapsed()))
        })
    };

    let (settled, ..) = run(&[(1, 3, End::Settled), (2, 1, End::Settled)])?;
    let settled = settled.map_err(|error| format!("no order fails, and you return {error:?}"))?;
    if !matches!(settled[..], [1, 2] | [2, 1]) {
        return Err(format!("settled 1 and 2, you return {settled:?}"));
    }

    for failure in [End::Declined, End::Panic] {
        let (settled, book, took) = run(&[
            (1, 9, End::Settled),
            (2, 2, failure),
            (3, 1, End::Settled),
            (4, 5, End::Declined),
        ])?;
        if let Some(id) = (1..=4).find(|id| !book.contains_key(id)) {
            return Err(format!("order {id} is never started: settle them at once"));
        }
        for (id, state) in book {
            let wrong = match state {
                State::CutOff => "is cut off: neither settled nor rolled back",
                State::Running => "still runs when settle_all returns",
                State::Settled if id == 1 => "is settled after order 2 has failed",
                _ => continue,
            };
            return Err(format!("order {id} {wrong}"));
        }
        if took > Duration::from_secs(4) {
            return Err("the last order has ended, and settle_all waits on".into());
        }
        match settled {
            Ok(ids) => return Err(format!("order 2 fails, and you return Ok({ids:?})")),
            Err(error) if matches!(failure, End::Declined) && error != "order 2: declined" => {
                return Err(format!("order 2 fails first, and you return {error:?}"));
            }
            Err(_) => {}
        }
    }
    Ok(())
}

/// Checks `start.rs`.
pub fn start() -> Result<(), String> {
    check(start::settle_all)
}

/// Checks `solution.rs`.
pub fn solution() -> Result<(), String> {
    check(solution::settle_all)
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::future::try_join_all;
    use tokio::task::JoinSet;
    use tokio_util::task::JoinQueue;

    fn says(found: Result<(), String>, expected: &str) {
        assert_eq!(found, Err(expected.into()));
    }

    #[test]
    fn the_start_cuts_off() {
        says(
            start(),
            "order 1 is cut off: neither settled nor rolled back",
        );
    }

    #[test]
    fn every_wrong_answer_is_told_apart() {
        let in_place = |orders: Vec<Order>, bank: Bank| {
            let settle = move |order| bank.clone().settle(order, CancellationToken::new());
            try_join_all(orders.into_iter().map(settle))
        };
        says(
            check(in_place),
            "order 1 is cut off: neither settled nor rolled back",
        );

        let one_by_one = async |orders: Vec<Order>, bank: Bank| {
            let mut settled = Vec::new();
            for order in orders {
                settled.push(bank.clone().settle(order, CancellationToken::new()).await?);
            }
            Ok(settled)
        };
        let one_by_one = move |orders, bank| Box::pin(one_by_one(orders, bank));
        says(
            check(one_by_one),
            "order 3 is never started: settle them at once",
        );

        let tells_nobody = async |orders: Vec<Order>, bank: Bank| {
            let settle = |order| bank.clone().settle(order, CancellationToken::new());
            let mut tasks: JoinSet<_> = orders.into_iter().map(settle).collect();
            let mut settled = Ok(Vec::new());
            while let Some(ended) = tasks.join_next().await {
                match (ended.map_err(|e| e.to_string()).flatten(), &mut settled) {
                    (Ok(id), Ok(ids)) => ids.push(id),
                    (Err(error), Ok(_)) => settled = Err(error),
                    _ => {}
                }
            }
            settled
        };
        let tells_nobody = move |orders, bank| Box::pin(tells_nobody(orders, bank));
        says(
            check(tells_nobody),
            "order 1 is settled after order 2 has failed",
        );
    }

    /// Starts every order, and gives them to `wait`.
    macro_rules! answer {
        ($set:ident, |$tasks:ident, $stop:ident| $wait:block) => {
            check(|orders, bank| async move {
                let $stop = CancellationToken::new();
                let settle = |order| bank.clone().settle(order, $stop.clone());
                let mut $tasks: $set<_> = orders.into_iter().map(settle).collect();
                $wait
            })
        };
    }

    macro_rules! keeps_the_last_error {
        ($set:ident) => {
            answer!($set, |tasks, stop| {
                let mut settled = Ok(Vec::new());
                while let Some(ended) = tasks.join_next().await {
                    match (ended.map_err(|e| e.to_string()).flatten(), &mut settled) {
                        (Ok(id), Ok(ids)) => ids.push(id),
                        (Err(error), _) => {
                            stop.cancel();
                            settled = Err(error);
                        }
                        _ => {}
                    }
                }
                settled
            })
        };
    }

    #[test]
    fn a_wait_in_turn_or_a_wait_too_short_is_told_apart() {
        let in_turn = keeps_the_last_error!(JoinQueue);
        says(in_turn, "order 1 is settled after order 2 has failed");

        let detached = answer!(JoinSet, |tasks, stop| {
            let mut settled = Vec::new();
            while let Some(ended) = tasks.join_next().await {
                match ended.map_err(|e| e.to_string()).flatten() {
                    Ok(id) => settled.push(id),
                    Err(error) => {
                        stop.cancel();
                        tasks.detach_all();
                        return Err(error);
                    }
                }
            }
            Ok(settled)
        });
        says(detached, "order 1 still runs when settle_all returns");

        let by_the_clock = answer!(JoinSet, |tasks, stop| {
            let mut settled = Vec::new();
            while let Some(ended) = tasks.join_next().await {
                match ended.map_err(|e| e.to_string()).flatten() {
                    Ok(id) => settled.push(id),
                    Err(error) => {
                        stop.cancel();
                        sleep(Duration::from_secs(5)).await;
                        return Err(error);
                    }
                }
            }
            Ok(settled)
        });
        says(
            by_the_clock,
            "the last order has ended, and settle_all waits on",
        );

        let last_error = keeps_the_last_error!(JoinSet);
        let found = last_error.expect_err("it returns the last error");
        assert!(found.starts_with("order 2 fails first"), "{found}");

        let forgets = answer!(JoinSet, |tasks, stop| {
            let mut settled = Vec::new();
            while let Some(ended) = tasks.join_next().await {
                match ended.map_err(|e| e.to_string()).flatten() {
                    Ok(id) => settled.push(id),
                    Err(_) => stop.cancel(),
                }
            }
            Ok(settled)
        });
        says(forgets, "order 2 fails, and you return Ok([3])");
    }

    #[test]
    fn a_panic_that_is_passed_on_is_told_apart() {
        let unwraps = answer!(JoinSet, |tasks, stop| {
            let mut settled = Ok(Vec::new());
            while let Some(ended) = tasks.join_next().await {
                let ended = ended.unwrap_or_else(|e| resume_unwind(e.into_panic()));
                match (ended, &mut settled) {
                    (Ok(id), Ok(ids)) => ids.push(id),
                    (Err(error), Ok(_)) => {
                        stop.cancel();
                        settled = Err(error);
                    }
                    _ => {}
                }
            }
            settled
        });
        let found = unwraps.expect_err("it panics");
        assert!(
            found.ends_with("panicked with message \"the bank panics\""),
            "{found}"
        );
    }
}
