//! Reconciliation: computes every balance again, once from the command log and once from the event
//! log, compares both with the views, and names every difference.
//!
//! It needs memory for the accounts, not for the events.

mod periodic;
mod report;

use std::collections::BTreeMap;

use super::commands::Commands;
use super::event::{Event, EventId};
use super::log::{EventLog, LogError, Positions};
use super::store::StoreError;
use super::views::{Balance, Snapshot, Views};

pub use periodic::{Unbalanced, reconcile_every};
pub use report::{Difference, Report};

/// How many records are read at a time.
const CHUNK: usize = 1024;

/// Why there is no report.
#[derive(Clone, Debug, thiserror::Error)]
pub enum ReconcileError {
    #[error(transparent)]
    Log(#[from] LogError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What the log says about an account.
#[derive(Clone, Copy, Debug, Default)]
struct Logged {
    /// The number of the last event, and the sum of the events that can be read.
    all: Balance,
    /// The same below the position of the views.
    seen: Balance,
    /// The number of the last event that was there before the commands were read.
    before: u64,
}

/// What the command log says about an account.
#[derive(Clone, Copy, Debug, Default)]
struct Written {
    /// All events.
    all: Balance,
    /// The last one that the log has acknowledged.
    published: u64,
    /// The cents of those that the views have.
    seen: i64,
    /// The cents of the dead letters that wait, and of those that were dropped.
    waiting: i64,
    dropped: i64,
}

/// Compares the three stores. It can run while others write: each store is read after the one that
/// is fed from it, so that what came in between is seen where it comes from. But the log is read
/// after the commands, too, or what they say it has acknowledged might not be there yet: there,
/// what it got in between is left out.
///
/// If this future is dropped, nothing changes.
///
/// # Errors
///
/// If one of the stores cannot be read: [`LogError::Damaged`] says where.
pub async fn reconcile<L: EventLog>(
    commands: &Commands,
    log: &L,
    views: &Views,
) -> Result<Report, ReconcileError> {
    let views = views.snapshot().await?;
    let before = log.ends().await?;
    let written = from_commands(commands, &views).await?;
    let mut report = Report::default();
    let logged = from_log(log, &views.positions, &before, &mut report).await?;
    let mut dead_cents = BTreeMap::new();
    for letter in &views.letters {
        if let (Some(id), Ok(event)) = (letter.event, Event::read(&letter.value)) {
            *dead_cents.entry(id.account).or_insert(0) += event.gain();
        }
    }

    for (&account, written) in &written {
        report.written += written.all.number;
        report.waiting_cents += written.waiting;
        report.dropped_cents += written.dropped;
        let logged = logged.get(&account).copied().unwrap_or_default();
        let view = views.accounts.get(&account).copied().unwrap_or_default();
        report.unpublished += written.all.number.saturating_sub(logged.all.number);
        report.handled += view.number;
        report.cents += view.cents;
        report.pending_cents += written.all.cents - written.seen;
        if logged.all.number < written.published {
            report.differences.push(Difference::Lost {
                first: EventId {
                    account,
                    number: logged.all.number + 1,
                },
                last: written.published,
            });
        }
        if logged.before > written.all.number {
            report.differences.push(Difference::Unwritten {
                first: EventId {
                    account,
                    number: written.all.number + 1,
                },
                last: logged.before,
            });
        }
        let expected = Balance {
            cents: logged.seen.cents - dead_cents.get(&account).copied().unwrap_or(0),
            number: logged.seen.number,
        };
        if view != expected {
            report.differences.push(Difference::View {
                account,
                view,
                expected,
            });
        }
        let cents = written.seen - written.waiting - written.dropped;
        if view.cents != cents {
            report.differences.push(Difference::Commands {
                account,
                view: view.cents,
                commands: cents,
            });
        }
    }
    for (&account, view) in &views.accounts {
        if !written.contains_key(&account) {
            report.cents += view.cents;
            report.differences.push(Difference::Stranger { account });
        }
    }
    report.letters(&views.letters);
    let sum = report.sum();
    if sum != 0 {
        report.differences.push(Difference::Sum(sum));
    }
    Ok(report)
}

async fn from_commands(
    commands: &Commands,
    views: &Snapshot,
) -> Result<BTreeMap<u32, Written>, StoreError> {
    let seen: BTreeMap<u32, u64> = (views.accounts.iter())
        .map(|(&account, balance)| (account, balance.number))
        .collect();
    let letters = views.letters.iter();
    let dead = letters.filter_map(|letter| Some((letter.event?, letter.dropped)));
    let dead: BTreeMap<EventId, bool> = dead.collect();
    let see = move |all: &mut BTreeMap<u32, Written>, id: EventId, gain: i64, published: bool| {
        let written = all.entry(id.account).or_default();
        written.all.number = written.all.number.max(id.number);
        written.all.cents += gain;
        if published {
            written.published = written.published.max(id.number);
        }
        if seen.get(&id.account).is_some_and(|&seen| id.number <= seen) {
            written.seen += gain;
        }
        match dead.get(&id) {
            Some(true) => written.dropped += gain,
            Some(false) => written.waiting += gain,
            None => {}
        }
    };
    commands.fold(BTreeMap::new(), see).await
}

async fn from_log<L: EventLog>(
    log: &L,
    positions: &Positions,
    before: &Positions,
    report: &mut Report,
) -> Result<BTreeMap<u32, Logged>, LogError> {
    let mut accounts: BTreeMap<u32, Logged> = BTreeMap::new();
    for (partition, end) in log.ends().await? {
        let position = positions.get(&partition).copied().unwrap_or(0);
        if position > end {
            report.differences.push(Difference::Ahead {
                partition,
                position,
                end,
            });
        }
        let before = before.get(&partition).copied().unwrap_or(0);
        let mut next = 0;
        while next < end {
            let records = log.read(partition, next, CHUNK).await?;
            let Some(last) = records.last() else { break };
            next = last.offset + 1;
            for record in records.iter().filter(|record| record.offset < end) {
                report.records += 1;
                let (id, gain) = match Event::read(&record.value) {
                    Ok(event) => (event.id(), event.gain()),
                    Err(unreadable) => match unreadable.id {
                        Some(id) => (id, 0),
                        None => {
                            report.noise += 1;
                            continue;
                        }
                    },
                };
                let logged = accounts.entry(id.account).or_default();
                if id.number <= logged.all.number {
                    report.copies += 1;
                    continue;
                }
                if id.number > logged.all.number + 1 {
                    report.differences.push(Difference::Lost {
                        first: EventId {
                            account: id.account,
                            number: logged.all.number + 1,
                        },
                        last: id.number - 1,
                    });
                }
                logged.all.number = id.number;
                logged.all.cents += gain;
                if record.offset < before {
                    logged.before = id.number;
                }
                if record.offset < position {
                    logged.seen = logged.all;
                }
            }
        }
    }
    Ok(accounts)
}

#[cfg(test)]
mod tests;
