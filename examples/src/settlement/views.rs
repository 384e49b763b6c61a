//! The views: what subscribers make of the log. A balance for each account, the position in each
//! partition, and the dead letters.
//!
//! What a batch changes and the positions that follow it are stored in **one transaction**. So an
//! event has its effect exactly once, however often it is delivered: a record below the position
//! is one that was delivered before, and an event whose number its account has passed is a second
//! copy.

mod apply;
mod letters;
mod tables;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rusqlite::Connection;
use tokio::sync::watch;

use super::event::{Event, EventId};
use super::log::{Positions, Record};
use super::store::{Place, Reader, StoreError, Writer};

pub use letters::{Letter, NoLetter};

/// Checks whether an event may be applied, each time before it is. What it refuses is tried again,
/// and is a dead letter in the end. It runs on the thread that writes: it should not take long.
pub type Rule = Arc<dyn Fn(&Event) -> Result<(), String> + Send + Sync>;

/// The rule that an event moves at most so many cents.
#[must_use]
pub fn at_most(limit: i64) -> Rule {
    Arc::new(move |event| match event.cents {
        cents if cents <= 0 => Err(format!("{cents} cents is no amount")),
        cents if cents > limit => Err(format!("{cents} cents is above the limit of {limit}")),
        _ => Ok(()),
    })
}

/// A balance, and the last event that it contains.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Balance {
    pub cents: i64,
    /// The number of the account's last event, applied or dead.
    pub number: u64,
}

/// A partition, and the offset of a record in it.
pub type RecordId = (u32, u64);

/// What to apply. Records of a partition come in their order.
#[derive(Clone, Default)]
pub struct Batch {
    pub records: Arc<[Record]>,
    /// Records that are given up, by partition and offset: with the reason, and how often each was
    /// tried.
    pub dead: BTreeMap<RecordId, (String, u32)>,
    /// Partitions that the log was asked to deliver again from exactly here: if it still leaves a
    /// hole, there is nothing in it.
    pub sought: BTreeSet<(u32, u64)>,
}

/// What became of a batch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Applied {
    pub applied: u64,
    /// Records that were delivered before.
    pub redelivered: u64,
    /// Events that the log has twice.
    pub copies: u64,
    pub dead: u64,
    /// The first record of each partition that was refused, and why.
    pub refused: Vec<(RecordId, String)>,
    /// What is left to apply: from the refused records on.
    pub rest: Vec<Record>,
    /// Where to read again: something was delivered too early.
    pub holes: Positions,
}

/// Why nothing of a batch was applied.
#[derive(Clone, Debug, thiserror::Error)]
pub enum ApplyError {
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The log has lost an event, or two programs published at the same time.
    #[error("{found} is at offset {offset} of partition {partition}, but number {} is not there: run `settlement reconcile`", .has + 1)]
    Missing {
        found: EventId,
        has: u64,
        partition: u32,
        offset: u64,
    },
}

/// All of the views at one moment.
#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    pub accounts: BTreeMap<u32, Balance>,
    pub positions: Positions,
    pub letters: Vec<Letter>,
}

/// A handle to the views. Two threads own its connections; they end when the last handle is gone.
#[derive(Clone)]
pub struct Views {
    writer: Writer,
    reader: Reader,
    rule: Rule,
    positions: watch::Receiver<Positions>,
}

impl Views {
    /// Opens the views, and makes them if there are none.
    ///
    /// Blocks: not for a worker of the runtime.
    ///
    /// # Errors
    ///
    /// If the file cannot be read or written.
    ///
    /// # Panics
    ///
    /// If the system has no thread left.
    pub fn open(place: &Place, rule: Rule) -> Result<Views, StoreError> {
        let connection = place.open(tables::TABLES)?;
        let found = tables::positions(&connection);
        let found = found.map_err(|error| StoreError::named(place, error))?;
        let (sender, positions) = watch::channel(found);
        let writer = Writer::start(connection, place, move |connection| {
            // What cannot be read here is reported to whoever reads it next.
            if let Ok(now) = tables::positions(connection) {
                sender.send_replace(now);
            }
        });
        let reader = Reader::start(place)?;
        Ok(Views {
            writer,
            reader,
            rule,
            positions,
        })
    }

    /// Where each partition is, and where it gets. A partition that is not there is at its start.
    #[must_use]
    pub fn positions(&self) -> watch::Receiver<Positions> {
        self.positions.clone()
    }

    /// Where a partition is now, whoever has moved it. If this future is dropped, nothing changes.
    ///
    /// # Errors
    ///
    /// If it cannot be read.
    pub async fn position(&self, partition: u32) -> Result<u64, StoreError> {
        let read = move |connection: &Connection| tables::position(connection, partition);
        self.reader.sql(read).await
    }

    /// Looks at what another program has stored: [`Views::positions`] tells it. If this future is
    /// dropped, that may still happen.
    ///
    /// # Errors
    ///
    /// If nothing can be written now.
    pub async fn refresh(&self) -> Result<(), StoreError> {
        // A transaction without a change: what is noted after it is what there is.
        self.writer.sql(|_| Ok(())).await
    }

    /// Applies what can be applied, and stores it with the positions that follow, in one
    /// transaction. A record that is refused holds up its partition alone.
    ///
    /// If this future is dropped, all of it may be stored, or none. Delivered again, it makes no
    /// difference.
    ///
    /// # Errors
    ///
    /// If it cannot be stored, or if an event is missing. Then nothing is stored.
    pub async fn apply(&self, batch: Batch) -> Result<Applied, ApplyError> {
        let rule = self.rule.clone();
        let apply = move |connection: &Connection| apply::apply(connection, batch, &rule);
        self.writer.write(apply).await
    }

    /// Reads everything but the events. If this future is dropped, nothing changes.
    ///
    /// # Errors
    ///
    /// If it cannot be read.
    pub async fn snapshot(&self) -> Result<Snapshot, StoreError> {
        self.reader.sql(tables::snapshot).await
    }

    /// Empties balances and positions, and keeps the dead letters that were dropped.
    ///
    /// # Errors
    ///
    /// If it cannot be stored.
    pub async fn clear(&self) -> Result<(), StoreError> {
        self.writer.sql(tables::clear).await
    }

    /// Applies a dead letter after all, and removes it, in one transaction.
    ///
    /// # Errors
    ///
    /// If there is no such letter, it is still refused, or it cannot be stored. Then it stays.
    pub async fn retry(&self, letter: u64) -> Result<Event, NoLetter> {
        let rule = self.rule.clone();
        let retry = move |connection: &Connection| letters::retry(connection, letter, &rule);
        self.writer.write(retry).await
    }

    /// Gives a dead letter up for good. It stays in the store, written off.
    ///
    /// # Errors
    ///
    /// If there is no such letter that waits, or it cannot be stored.
    pub async fn drop_letter(&self, letter: u64) -> Result<(), NoLetter> {
        let give_up = move |connection: &Connection| letters::give_up(connection, letter);
        self.writer.write(give_up).await
    }

    /// Waits until both threads have closed their connections: when all other handles are gone.
    pub async fn close(self) {
        self.reader.close().await;
        self.writer.close().await;
    }
}

#[cfg(test)]
mod tests;
