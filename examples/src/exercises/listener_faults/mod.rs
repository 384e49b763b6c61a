//! Exercise `listener-faults`, for the page `src/architecture/listener-faults.md`: a listener that
//! tries again in place, and sets aside what stays refused. Edit `start.rs`, run
//! `cargo run -q -p companion --bin exercise -- listener-faults`.

mod solution;
mod start;

use std::collections::BTreeMap;

/// How often a record is tried, at most.
pub const TRIES: u32 = 3;

/// After so many calls, whoever makes them does not end.
const ENDLESS: usize = 1000;

/// A partition, and the position of its only reader.
pub struct Partition {
    records: Vec<&'static str>,
    position: usize,
}

impl Partition {
    /// The record at the position; nothing at the end.
    #[must_use]
    pub fn read(&self) -> Option<&'static str> {
        self.records.get(self.position).copied()
    }

    /// Moves the position to the record that follows.
    pub fn advance(&mut self) {
        self.position += 1;
    }

    /// Sends a record: it is the last one then.
    ///
    /// # Panics
    ///
    /// If the sender does not end.
    pub fn send(&mut self, record: &'static str) {
        assert!(self.records.len() < ENDLESS, "it sends without end");
        self.records.push(record);
    }
}

/// Why a record was not applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// There is no exchange rate for this event. There may be one the next time.
    NoRate,
    /// The bytes are no event, and will be none the next time.
    NoEvent,
}

/// The account that the records change.
#[derive(Default)]
pub struct Account {
    /// How often there is no rate, for each record.
    late: BTreeMap<&'static str, u32>,
    tried: BTreeMap<&'static str, u32>,
    calls: usize,
    applied: Vec<&'static str>,
    dead: Vec<(&'static str, Refused)>,
}

impl Account {
    /// Applies a record.
    ///
    /// # Errors
    ///
    /// [`Refused`]: nothing was applied.
    ///
    /// # Panics
    ///
    /// If somebody tries without end.
    pub fn apply(&mut self, record: &'static str) -> Result<(), Refused> {
        self.calls += 1;
        assert!(self.calls < ENDLESS, "it tries without end");
        let tried = self.tried.entry(record).or_default();
        *tried += 1;
        if record.starts_with('#') {
            return Err(Refused::NoEvent);
        }
        if *tried <= self.late.get(record).copied().unwrap_or(0) {
            return Err(Refused::NoRate);
        }
        self.applied.push(record);
        Ok(())
    }

    /// Sets a record aside, with the reason: a dead letter.
    pub fn set_aside(&mut self, record: &'static str, reason: Refused) {
        self.dead.push((record, reason));
    }
}

/// The records of a partition, and how often there is no rate for each.
type Log = &'static [(&'static str, u32)];

const LOGS: [Log; 3] = [
    &[("open", 0), ("+100", 1), ("-30", 0), ("close", 2)],
    &[("open", 0), ("#!", 0), ("+7", 0), ("close", 0)],
    &[("open", 0), ("+5", u32::MAX), ("close", 0)],
];

type Settle = fn(&mut Partition, &mut Account);

/// Has the log settled, and says what is wrong with it.
fn run(settle: Settle, log: Log) -> Result<(), String> {
    let mut partition = Partition {
        records: log.iter().map(|&(record, _)| record).collect(),
        position: 0,
    };
    let mut account = Account {
        late: log.iter().copied().collect(),
        ..Account::default()
    };
    settle(&mut partition, &mut account);

    let (mut applied, mut dead) = (Vec::new(), Vec::new());
    for &(record, late) in log {
        match (record.starts_with('#'), late < TRIES) {
            (true, _) => dead.push((record, Refused::NoEvent)),
            (_, false) => dead.push((record, Refused::NoRate)),
            _ => applied.push(record),
        }
    }
    let Account {
        applied: found,
        tried,
        dead: set_aside,
        ..
    } = account;
    if found != applied {
        return Err(format!("applied {found:?}, not {applied:?}"));
    }
    if set_aside != dead {
        return Err(format!("set aside {set_aside:?}, not {dead:?}"));
    }
    if let Some((record, tried)) = tried.iter().find(|(_, tried)| **tried > TRIES) {
        return Err(format!("{record:?} was tried {tried} times"));
    }
    if let Some((record, tried)) = tried.iter().find(|(r, n)| r.starts_with('#') && **n > 1) {
        return Err(format!(
            "{record:?} is no event, and was tried {tried} times"
        ));
    }
    match (partition.records.len(), partition.position) {
        (records, _) if records > log.len() => Err("it sends records again".into()),
        (records, position) if position != records => Err(format!(
            "the position is {position}, and the end is {records}"
        )),
        _ => Ok(()),
    }
}

fn check(settle: Settle) -> Result<(), String> {
    for log in LOGS {
        let records: Vec<&str> = log.iter().map(|&(record, _)| record).collect();
        let in_log = |wrong| format!("{wrong}\n  (the log: {})", records.join(", "));
        run(settle, log).map_err(in_log)?;
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
mod tests;
