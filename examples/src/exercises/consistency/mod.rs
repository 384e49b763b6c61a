//! Exercise `consistency`, for the page `src/architecture/consistency.md`: a consumer whose effect
//! is exactly once, wherever it crashes. Edit `start.rs`, run
//! `cargo run -q -p companion --bin exercise -- consistency`.

mod solution;
mod start;

use std::collections::BTreeMap;

/// A record of the log. The log delivers each at least once.
#[derive(Clone, Debug)]
pub struct Record {
    pub offset: usize,
    pub value: &'static str,
}

/// What a record says, if it is an event.
#[derive(Clone, Debug)]
pub struct Event {
    /// Given by the producer, from 1. A producer that retries sends the same number again.
    pub number: u32,
    pub cents: i64,
}

impl Record {
    /// Reads the event; nothing if the bytes are none.
    #[must_use]
    pub fn event(&self) -> Option<Event> {
        let (number, cents) = self.value.split_once(' ')?;
        Some(Event {
            number: number.parse().ok()?,
            cents: cents.parse().ok()?,
        })
    }
}

/// The process has crashed. Whoever gets this returns it: it is over.
#[derive(Debug, PartialEq, Eq)]
pub struct Crash;

/// How a consumer ends.
pub type Ended = Result<(), Crash>;

/// What the database holds. It outlives the process.
#[derive(Clone, Debug, Default)]
pub struct Rows {
    pub cents: i64,
    /// The number of the last event that is in `cents`.
    pub number: u32,
    /// The offset of the record to read next.
    pub next: usize,
    /// Offsets of the records that were set aside.
    pub dead: Vec<usize>,
}

/// The database. One `write` is one transaction: all of it is stored, or nothing.
#[derive(Default)]
pub struct Store {
    rows: Rows,
    writes: usize,
    crash: Option<Moment>,
    crashed: bool,
}

/// Where the process crashes: at this write, before it is stored or right after.
#[derive(Clone, Copy)]
struct Moment {
    write: usize,
    stored: bool,
}

impl Store {
    /// What is stored.
    #[must_use]
    pub fn rows(&self) -> &Rows {
        &self.rows
    }

    /// Changes what is stored, in one transaction.
    ///
    /// # Errors
    ///
    /// If the process crashes here. The change is stored or not; a process cannot know.
    ///
    /// # Panics
    ///
    /// If somebody goes on writing, long after the crash.
    pub fn write(&mut self, change: impl FnOnce(&mut Rows)) -> Result<(), Crash> {
        self.writes += 1;
        assert!(self.writes < 1000, "it writes without end");
        let here = self.crash.filter(|crash| crash.write == self.writes);
        if self.crashed || here.is_some_and(|crash| !crash.stored) {
            self.crashed = true;
            return Err(Crash);
        }
        change(&mut self.rows);
        self.crashed = here.is_some();
        if self.crashed { Err(Crash) } else { Ok(()) }
    }
}

type Consume = fn(&[Record], &mut Store) -> Ended;

/// Some events are in a log twice: their producer has not heard that the first copy arrived.
const LOGS: [&[&str]; 3] = [
    &["1 +100", "2 -30", "#!", "2 -30", "3 +5"],
    &["#!", "1 +7", "1 +7", "2 -3", "#?"],
    &["1 +10", "2 -4", "1 +10", "2 -4", "3 +1"],
];

/// What the log delivers to a process: everything, and the end of it once more.
fn deliver(log: &[&'static str]) -> Vec<Record> {
    let records = log.iter().enumerate();
    let record = |(offset, &value)| Record { offset, value };
    let once: Vec<Record> = records.map(record).collect();
    let again = once[1..].to_vec();
    once.into_iter().chain(again).collect()
}

/// Runs the consumer until it has seen the whole log; then a second process starts, and the log
/// delivers everything again.
fn run(consume: Consume, log: &[&'static str], crash: Option<Moment>) -> Result<Store, String> {
    let mut store = Store {
        crash,
        ..Store::default()
    };
    let nothing_did = "it says that it crashed, and nothing did";
    match (consume(&deliver(log), &mut store), store.crashed) {
        (Ok(()), true) => return Err("it goes on as if nothing had crashed".into()),
        (Err(Crash), false) => return Err(nothing_did.into()),
        _ => {}
    }
    (store.crash, store.crashed) = (None, false);
    let again = consume(&deliver(log), &mut store);
    again.map_err(|Crash| nothing_did)?;
    Ok(store)
}

/// Says what is wrong with what is stored in the end.
fn judge(rows: &Rows, log: &[&'static str]) -> Result<(), String> {
    let records = deliver(log).into_iter().take(log.len());
    let (mut events, mut dead) = (BTreeMap::new(), Vec::new());
    for record in records {
        match record.event() {
            Some(event) => drop(events.insert(event.number, event.cents)),
            None => dead.push(record.offset),
        }
    }
    let cents: i64 = events.values().sum();
    if rows.cents != cents {
        return Err(format!("the account has {} cents, not {cents}", rows.cents));
    }
    if rows.dead != dead {
        let found = &rows.dead;
        return Err(format!("records {found:?} are set aside, not {dead:?}"));
    }
    if rows.next != log.len() {
        let (next, end) = (rows.next, log.len());
        return Err(format!("the record to read next is {next}, not {end}"));
    }
    Ok(())
}

/// Crashes the consumer before and after each of its writes, and says whether its effect is
/// exactly once.
fn check(consume: Consume) -> Result<(), String> {
    for log in LOGS {
        let in_log = |wrong| format!("{wrong}\n  (the log: {})", log.join(", "));
        let calm = run(consume, log, None).map_err(in_log)?;
        judge(&calm.rows, log).map_err(in_log)?;
        for write in 1..=calm.writes {
            for stored in [false, true] {
                let store = run(consume, log, Some(Moment { write, stored })).map_err(in_log)?;
                let moment = if stored { "after" } else { "before" };
                let crashed = |wrong| format!("it crashes {moment} write {write}: {wrong}");
                judge(&store.rows, log).map_err(crashed).map_err(in_log)?;
            }
        }
    }
    Ok(())
}

/// Checks `start.rs`.
pub fn start() -> Result<(), String> {
    check(start::consume)
}

/// Checks `solution.rs`.
pub fn solution() -> Result<(), String> {
    check(solution::consume)
}

#[cfg(test)]
mod tests;
