//! The command log and its outbox: a trade and its two events are written in one transaction, so
//! that neither can be there without the other.

mod tables;

use std::sync::Arc;

use tokio::sync::watch;

use super::event::{EventId, LIMIT, Trade};
use super::log::{NewRecord, Positions};
use super::store::{Place, Reader, StoreError, Writer};

/// What a directory was made with. Another value would change what is in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Setup {
    pub seed: u64,
    pub accounts: u32,
    pub partitions: u32,
    /// One trade in so many has a record that nothing can apply; 0 for none.
    pub poison: u32,
}

/// What is wrong with a trade's records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Poison {
    /// One of its events is of a version that nobody knows.
    Version,
    /// It moves more than an event may.
    Amount,
    /// A record that is no event comes after it.
    Bytes,
}

impl Setup {
    /// What is wrong with trade number `id`: the three in turn.
    #[must_use]
    pub fn poison(&self, id: u64) -> Option<Poison> {
        let every = u64::from(self.poison);
        if every == 0 || !id.is_multiple_of(every) {
            return None;
        }
        Some(match id / every % 3 {
            0 => Poison::Bytes,
            1 => Poison::Version,
            _ => Poison::Amount,
        })
    }

    /// Trade number `id` of the stream.
    ///
    /// # Panics
    ///
    /// If there are fewer than two accounts.
    #[must_use]
    pub fn trade(&self, id: u64) -> Trade {
        let mut trade = Trade::generate(self.seed, id, self.accounts);
        if self.poison(id) == Some(Poison::Amount) {
            trade.cents += LIMIT;
        }
        trade
    }
}

/// How far the command log is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// The last trade.
    pub trades: u64,
    /// The last record of the outbox.
    pub written: u64,
    /// The last record that the log has acknowledged.
    pub published: u64,
}

/// A handle to the command log. Three threads own its connections; they end when the last handle is
/// gone.
#[derive(Clone)]
pub struct Commands {
    writer: Writer,
    reader: Reader,
    /// Reads all of it, and keeps the relay from nothing.
    books: Reader,
    setup: Setup,
    progress: watch::Receiver<Progress>,
}

impl Commands {
    /// Opens the command log, and makes it with this setup if there is none.
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
    pub fn open(place: &Place, setup: Setup) -> Result<Commands, StoreError> {
        let connection = place.open(tables::TABLES)?;
        let named = |error| StoreError::named(place, error);
        let setup = tables::setup(&connection, setup).map_err(named)?;
        let (sender, progress) = watch::channel(tables::progress(&connection).map_err(named)?);
        let writer = Writer::start(connection, place, move |connection| {
            // What cannot be read here is reported to whoever reads it next.
            if let Ok(now) = tables::progress(connection) {
                sender.send_replace(now);
            }
        });
        let reader = Reader::start(place)?;
        let books = Reader::start(place)?;
        Ok(Commands {
            writer,
            reader,
            books,
            setup,
            progress,
        })
    }

    /// What the directory was made with.
    #[must_use]
    pub fn setup(&self) -> Setup {
        self.setup
    }

    /// How far it is, and how far it gets.
    #[must_use]
    pub fn progress(&self) -> watch::Receiver<Progress> {
        self.progress.clone()
    }

    /// Looks at what another program has written.
    ///
    /// # Errors
    ///
    /// If nothing can be written now.
    pub async fn refresh(&self) -> Result<(), StoreError> {
        // A transaction without a change: what is noted after it is what there is.
        self.writer.sql(|_| Ok(())).await
    }

    /// Writes trades and their events in one transaction. A trade that is there already changes
    /// nothing, so submit again what has failed. If this future is dropped, they may be written.
    ///
    /// # Errors
    ///
    /// If they cannot be stored. Then none is.
    pub async fn submit(&self, trades: Vec<Trade>) -> Result<(), StoreError> {
        let setup = self.setup;
        let write = move |connection: &_| tables::submit(connection, setup, &trades);
        self.writer.sql(write).await
    }

    /// The oldest records that the log has not acknowledged, at most `max`, and the number of the
    /// last one. If this future is dropped, nothing changes.
    ///
    /// # Errors
    ///
    /// If they cannot be read.
    pub async fn unpublished(
        &self,
        max: usize,
    ) -> Result<Option<(u64, Arc<[NewRecord]>)>, StoreError> {
        let read = move |connection: &_| tables::unpublished(connection, max);
        self.reader.sql(read).await
    }

    /// The log has acknowledged all up to `last`, and these are the positions after them. If this
    /// future is dropped, it may be stored; if it is not, the records are published again.
    ///
    /// # Errors
    ///
    /// If it cannot be stored.
    pub async fn published(&self, last: u64, ends: Positions) -> Result<(), StoreError> {
        let write = move |connection: &_| tables::published(connection, last, &ends);
        self.writer.sql(write).await
    }

    /// Where the log's partitions ended at least, when it acknowledged the last batch.
    ///
    /// # Errors
    ///
    /// If it cannot be read.
    pub async fn acknowledged(&self) -> Result<Positions, StoreError> {
        self.reader.sql(tables::acknowledged).await
    }

    /// The number of an account's last event; 0 if there is none.
    ///
    /// # Errors
    ///
    /// If it cannot be read.
    pub async fn last_number(&self, account: u32) -> Result<u64, StoreError> {
        let read = move |connection: &_| tables::last_number(connection, account);
        self.reader.sql(read).await
    }

    /// Forgets that anything was published: the log is made anew.
    ///
    /// # Errors
    ///
    /// If it cannot be stored.
    pub async fn publish_again(&self) -> Result<(), StoreError> {
        self.writer.sql(tables::publish_again).await
    }

    /// Calls `see` for every event of the outbox with the cents that its account gains and whether
    /// the log has acknowledged it, the events of an account in their order. Returns what `see`
    /// was folded into.
    ///
    /// # Errors
    ///
    /// If they cannot be read.
    pub async fn fold<T: Send + 'static>(
        &self,
        state: T,
        see: impl FnMut(&mut T, EventId, i64, bool) + Send + 'static,
    ) -> Result<T, StoreError> {
        let read = move |connection: &_| tables::fold(connection, state, see);
        self.books.sql(read).await
    }

    /// Waits until the threads have closed their connections: when all other handles are gone.
    pub async fn close(self) {
        self.reader.close().await;
        self.books.close().await;
        self.writer.close().await;
    }
}

#[cfg(test)]
mod tests;
