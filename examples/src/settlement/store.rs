//! Stores: SQLite databases, each with one thread that writes and one that reads.
//!
//! The writer puts all that waits for it into one transaction: a group commit. So the price of a
//! `fsync` is shared, and is paid before anybody is answered. A connection lives and dies on its
//! thread. A worker of the runtime never waits for a disk.

mod format;
mod reader;
pub mod wal;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags};

pub use reader::Reader;
pub use writer::Writer;

/// Why a store did not do what it should.
#[derive(Clone, Debug, thiserror::Error)]
pub enum StoreError {
    /// The disk, or the room that it was given, is full. Nothing of the transaction is stored.
    #[error("{file}: no room left")]
    Full { file: String },
    /// SQLite cannot read what is there.
    #[error("{file} is damaged")]
    Damaged {
        file: String,
        source: Arc<rusqlite::Error>,
    },
    /// Anything else, from a lock to a disk that fails.
    #[error("{file} cannot be used")]
    Sqlite {
        file: String,
        source: Arc<rusqlite::Error>,
    },
    /// Its tables are not those that this program writes.
    #[error("{file} was made by another version of this program (format {has}, not {wanted})")]
    Format { file: String, has: u32, wanted: u32 },
    /// Its thread has ended.
    #[error("{file}: the store is closed")]
    Closed { file: String },
}

impl StoreError {
    /// SQLite's error, with the name of the file.
    #[must_use]
    pub fn named(place: &Place, error: rusqlite::Error) -> StoreError {
        StoreError::new(&place.name(), error)
    }

    pub(super) fn new(file: &str, error: rusqlite::Error) -> StoreError {
        let file = file.to_owned();
        // The index of the write-ahead log cannot grow: SQLite calls that an error of the disk.
        let no_index = error
            .sqlite_error()
            .is_some_and(|error| error.extended_code == rusqlite::ffi::SQLITE_IOERR_SHMSIZE);
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => StoreError::Full { file },
            _ if no_index => StoreError::Full { file },
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => StoreError::Damaged {
                file,
                source: Arc::new(error),
            },
            _ => StoreError::Sqlite {
                file,
                source: Arc::new(error),
            },
        }
    }
}

/// Where a store is, and how much it may hold.
#[derive(Clone, Debug)]
pub struct Place {
    pub file: PathBuf,
    /// The most pages of 4096 bytes that it may have: a disk that is full, for a test.
    pub max_pages: Option<u32>,
}

impl Place {
    #[must_use]
    pub fn new(file: impl Into<PathBuf>) -> Place {
        Place {
            file: file.into(),
            max_pages: None,
        }
    }

    /// The file's name, for messages.
    #[must_use]
    pub fn name(&self) -> String {
        let name = self.file.file_name().unwrap_or(self.file.as_os_str());
        name.to_string_lossy().into_owned()
    }

    /// Opens a connection that writes, and creates the file and its tables if they are not there.
    ///
    /// # Errors
    ///
    /// If SQLite cannot, or the file is none of its own.
    pub fn open(&self, tables: &str) -> Result<Connection, StoreError> {
        let open = || {
            let connection = Connection::open(&self.file)?;
            durable(&connection)?;
            if let Some(pages) = self.max_pages {
                connection.pragma_update(None, "max_page_count", pages)?;
            }
            Ok(connection)
        };
        let mut connection = open().map_err(|error| StoreError::named(self, error))?;
        format::prepare(&mut connection, self, tables)?;
        Ok(connection)
    }

    /// Opens a connection that only reads.
    ///
    /// # Errors
    ///
    /// If there is no such file, or SQLite cannot read it.
    pub fn open_to_read(&self) -> Result<Connection, StoreError> {
        read_only(&self.file).map_err(|error| StoreError::named(self, error))
    }
}

/// How many statements a connection keeps prepared: some for each partition of a log.
const STATEMENTS: usize = 256;

/// How long a connection waits for another program's transaction, a slow machine included.
const PATIENCE: Duration = Duration::from_secs(60);

/// A commit returns when the write-ahead log is on the disk.
fn durable(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(PATIENCE)?;
    connection.pragma_update(None, "journal_mode", "wal")?;
    connection.pragma_update(None, "synchronous", "full")?;
    // On macOS, an `fsync` alone leaves the data in the drive's cache.
    connection.pragma_update(None, "fullfsync", true)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    connection.pragma_update(None, "cell_size_check", true)
}

fn read_only(file: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(file, flags)?;
    connection.busy_timeout(PATIENCE)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    connection.pragma_update(None, "cell_size_check", true)?;
    Ok(connection)
}

#[cfg(test)]
mod tests;
