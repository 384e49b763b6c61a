//! The embedded log: a SQLite database, and groups whose members are tasks of this process.
//!
//! `synchronous=FULL`: an acknowledged append is on the disk. Each record carries a checksum that
//! covers the record before it, so a changed, a missing and a moved record are found when they are
//! read.

pub mod committed;
mod group;
mod member;
mod reading;
mod records;

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::Mutex;
use tokio::sync::watch;

use super::{EventLog, LogError, NewRecord, Positions, Record};
use crate::settlement::store::{Place, Reader, StoreError, Writer};
use group::Group;
pub use member::EmbeddedMember;

/// A handle to the log. Two threads own its connections; they end when the last handle and the last
/// member are gone.
#[derive(Clone)]
pub struct EmbeddedLog {
    shared: Arc<Shared>,
}

struct Shared {
    partitions: u32,
    writer: Writer,
    reader: Reader,
    groups: Mutex<HashMap<String, Group>>,
    /// The end of every partition. Also sent when an assignment changes: it wakes every member.
    ends: watch::Sender<Positions>,
}

impl EmbeddedLog {
    /// Opens the log in a file, and creates it with so many partitions if there is none.
    ///
    /// It reads the last record of each partition, not all records: [`EmbeddedLog::verify`] does.
    ///
    /// # Errors
    ///
    /// If the file cannot be read or written, is damaged, or has another number of partitions.
    ///
    /// # Panics
    ///
    /// If the system has no thread left.
    pub async fn open(place: &Place, partitions: u32) -> Result<EmbeddedLog, LogError> {
        let place = place.clone();
        let opened = tokio::task::spawn_blocking(move || open(&place, partitions));
        opened.await.unwrap_or(Err(LogError::Closed))
    }

    /// The position that a group has committed in each partition. It can be dropped.
    ///
    /// # Errors
    ///
    /// If it cannot be read.
    pub async fn committed(&self, group: &str) -> Result<Positions, LogError> {
        let (group, partitions) = (group.to_owned(), self.shared.partitions);
        let read = move |connection: &_| committed::all_committed(connection, &group, partitions);
        self.shared.reader.read(read).await
    }

    /// Reads and checks all there is.
    ///
    /// If this future is dropped, the check goes on to its end.
    ///
    /// # Errors
    ///
    /// [`LogError::Damaged`], with the first record that cannot be trusted.
    pub async fn verify(&self) -> Result<(), LogError> {
        self.shared.reader.read(reading::verify).await
    }
}

fn open(place: &Place, partitions: u32) -> Result<EmbeddedLog, LogError> {
    let connection = place.open(records::TABLES)?;
    let found = records::heads(&connection, partitions)?;
    let (ends, _) = watch::channel(found);
    let observed = ends.clone();
    let writer = Writer::start(connection, place, move |connection| {
        // What cannot be read here is reported to whoever reads it next.
        if let Ok(now) = records::ends(connection) {
            observed.send_replace(now);
        }
    });
    let shared = Shared {
        partitions,
        writer,
        reader: Reader::start(place)?,
        groups: Mutex::default(),
        ends,
    };
    let shared = Arc::new(shared);
    Ok(EmbeddedLog { shared })
}

impl Shared {
    /// Changes a group, and wakes its members.
    fn change<T>(&self, group: &str, change: impl FnOnce(&mut Group) -> T) -> T {
        let mut groups = self.groups.lock();
        let group = groups.entry(group.to_owned());
        let group = group.or_insert_with(|| Group::new(self.partitions));
        let result = change(group);
        drop(groups);
        self.ends.send_modify(|_| ());
        result
    }

    /// Looks at a group that has members.
    fn see<T>(&self, group: &str, look: impl FnOnce(&mut Group) -> T) -> Option<T> {
        self.groups.lock().get_mut(group).map(look)
    }
}

impl EventLog for EmbeddedLog {
    type Member = EmbeddedMember;

    fn partitions(&self) -> u32 {
        self.shared.partitions
    }

    async fn append(&self, batch: Arc<[NewRecord]>) -> Result<Positions, LogError> {
        let append = move |connection: &_| records::append(connection, &batch);
        self.shared.writer.write(append).await
    }

    async fn ends(&self) -> Result<Positions, LogError> {
        Ok(self.shared.ends.borrow().clone())
    }

    async fn read(&self, partition: u32, from: u64, max: usize) -> Result<Vec<Record>, LogError> {
        let read = move |connection: &_| reading::read(connection, partition, from, max);
        self.shared.reader.read(read).await
    }

    async fn join(&self, group: &str) -> Result<EmbeddedMember, LogError> {
        Ok(EmbeddedMember::new(self.shared.clone(), group))
    }

    async fn close(self) -> Result<(), LogError> {
        let (writer, reader) = (self.shared.writer.clone(), self.shared.reader.clone());
        drop(self);
        // In this order: the last connection to close empties the write-ahead log.
        reader.close().await;
        writer.close().await;
        Ok(())
    }
}

impl From<StoreError> for LogError {
    fn from(error: StoreError) -> LogError {
        match error {
            StoreError::Damaged { file, source } => {
                LogError::damaged(&file, None, source.to_string())
            }
            // Nothing that this program trusts, and to make again, as what is damaged.
            StoreError::Format { ref file, .. } => LogError::damaged(file, None, error.to_string()),
            StoreError::Closed { .. } => LogError::Closed,
            other => LogError::Unavailable(Arc::new(other)),
        }
    }
}
