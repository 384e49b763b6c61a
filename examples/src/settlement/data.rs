//! The directory of a settlement: its three databases, the lock that keeps two programs apart, and
//! the name of its topic, if its log is on Kafka.

mod error;
mod lock;
mod stores;
mod topic;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{fs, io};

use tokio::task::spawn_blocking;

use super::commands::{Commands, Setup};
use super::log::embedded::EmbeddedLog;
use super::store::{Place, StoreError, wal};
use super::views::{Rule, Views};
pub use error::DataError;
pub use lock::Lock;
pub use stores::Stores;

/// Where everything is, and how much room it has.
#[derive(Clone, Debug)]
pub struct Data {
    dir: PathBuf,
    /// The most pages of 4096 bytes that a database may have, by its name: a disk that is full.
    pub room: BTreeMap<&'static str, u32>,
}

/// What a new directory is made with, and an old one has to have, where it is given.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wanted {
    pub seed: Option<u64>,
    pub accounts: Option<u32>,
    pub partitions: Option<u32>,
    pub poison: Option<u32>,
}

impl Data {
    #[must_use]
    pub fn new(dir: impl Into<PathBuf>) -> Data {
        Data {
            dir: dir.into(),
            room: BTreeMap::new(),
        }
    }

    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// A database of the directory.
    #[must_use]
    pub fn place(&self, name: &str) -> Place {
        Place {
            file: self.dir.join(name),
            max_pages: self.room.get(name).copied(),
        }
    }

    fn io(&self) -> impl Fn(io::Error) -> DataError {
        let dir = self.dir.clone();
        move |source| DataError::Io {
            dir: dir.clone(),
            source,
        }
    }

    /// What the last program left in the write-ahead logs, before anybody opens the databases: a
    /// transaction that was never finished. SQLite forgets it.
    ///
    /// # Errors
    ///
    /// If they cannot be read.
    pub fn torn(&self) -> Result<Vec<(&'static str, u64)>, DataError> {
        let mut torn = Vec::new();
        for name in ["commands.db", "log.db", "views.db"] {
            let tail = wal::tail(&self.dir.join(name)).map_err(self.io())?;
            if tail.torn > 0 {
                torn.push((name, tail.torn));
            }
        }
        Ok(torn)
    }

    /// Fails where no settlement was begun.
    ///
    /// # Errors
    ///
    /// [`DataError::Nothing`].
    pub fn exists(&self) -> Result<(), DataError> {
        let commands = self.dir.join("commands.db");
        match commands.exists() {
            true => Ok(()),
            false => Err(DataError::Nothing(self.dir.clone())),
        }
    }

    /// Opens the command log, and makes it if it is not there.
    ///
    /// If this future is dropped, nobody gets it, and it is closed.
    ///
    /// # Errors
    ///
    /// If it cannot be opened, or was made with something else than is wanted.
    pub async fn commands(&self, wanted: Wanted) -> Result<Commands, DataError> {
        let setup = Setup {
            seed: wanted.seed.unwrap_or(1),
            accounts: wanted.accounts.unwrap_or(100),
            partitions: wanted.partitions.unwrap_or(4),
            poison: wanted.poison.unwrap_or(0),
        };
        let place = self.place("commands.db");
        let commands = blocking(move || Commands::open(&place, setup)).await?;
        self.is_as(wanted, commands.setup())?;
        Ok(commands)
    }

    /// Fails where the directory was made with something else than is wanted.
    fn is_as(&self, wanted: Wanted, has: Setup) -> Result<(), DataError> {
        let number = |number: Option<u32>| number.map(u64::from);
        for (what, has, wanted) in [
            ("seed", has.seed, wanted.seed),
            ("accounts", has.accounts.into(), number(wanted.accounts)),
            (
                "partitions",
                has.partitions.into(),
                number(wanted.partitions),
            ),
            ("poison", has.poison.into(), number(wanted.poison)),
        ] {
            if let Some(wanted) = wanted.filter(|&wanted| wanted != has) {
                let dir = self.dir.clone();
                return Err(DataError::Setup {
                    dir,
                    what,
                    has,
                    wanted,
                });
            }
        }
        Ok(())
    }

    /// Opens the views, and makes them if they are not there.
    ///
    /// If this future is dropped, nobody gets them, and they are closed.
    ///
    /// # Errors
    ///
    /// If they cannot be opened.
    pub async fn views(&self, rule: Rule) -> Result<Views, DataError> {
        let place = self.place("views.db");
        Ok(blocking(move || Views::open(&place, rule)).await?)
    }

    /// Opens the embedded log, and makes it if it is not there.
    ///
    /// If this future is dropped, nobody gets it, and it is closed.
    ///
    /// # Errors
    ///
    /// If it cannot be opened, or is damaged.
    pub async fn log(&self, partitions: u32) -> Result<EmbeddedLog, DataError> {
        Ok(EmbeddedLog::open(&self.place("log.db"), partitions).await?)
    }

    /// Puts a database aside that nobody has open, with its write-ahead log, and returns where it
    /// is now.
    ///
    /// # Errors
    ///
    /// If the system says no.
    pub fn put_aside(&self, name: &str) -> Result<PathBuf, DataError> {
        let free = |n: &u32| !self.dir.join(format!("{name}.damaged-{n}")).exists();
        let n = (1..).find(free).unwrap_or(0);
        for part in ["-shm", "-wal", ""] {
            let from = self.dir.join(format!("{name}{part}"));
            let to = self.dir.join(format!("{name}.damaged-{n}{part}"));
            match fs::rename(from, to) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(self.io()(error));
                }
                _ => {}
            }
        }
        Ok(self.dir.join(format!("{name}.damaged-{n}")))
    }
}

async fn blocking<T: Send + 'static>(
    open: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    let closed = || StoreError::Closed {
        file: "the runtime has stopped".into(),
    };
    spawn_blocking(open).await.unwrap_or_else(|_| Err(closed()))
}
