//! The directory of a settlement: its three databases, and the lock that keeps two programs apart.

use std::collections::BTreeMap;
use std::fs::{File, TryLockError};
use std::hash::{BuildHasher, RandomState};
use std::path::{Path, PathBuf};
use std::{fs, io};

use tokio::task::spawn_blocking;

use super::commands::{Commands, Setup};
use super::log::embedded::EmbeddedLog;
use super::log::{EventLog, LogError};
use super::store::{Place, StoreError, wal};
use super::views::{Rule, Views};

/// Where everything is, and how much room it has.
#[derive(Clone, Debug)]
pub struct Data {
    dir: PathBuf,
    /// The most pages of 4096 bytes that a database may have, by its name: a disk that is full.
    pub room: BTreeMap<&'static str, u32>,
}

/// Why a directory could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum DataError {
    #[error("{} cannot be used", dir.display())]
    Io { dir: PathBuf, source: io::Error },
    #[error("{} is in use: another settlement runs on it", dir.display())]
    InUse { dir: PathBuf },
    #[error("there is no settlement in {}: `settlement run` makes one", .0.display())]
    Nothing(PathBuf),
    #[error("{} was made with {what} {has}, not {wanted}: leave the option out, or take another directory", dir.display())]
    Setup {
        dir: PathBuf,
        what: &'static str,
        has: u64,
        wanted: u64,
    },
    #[error("{} keeps its log {has}: {help}", dir.display())]
    Elsewhere {
        dir: PathBuf,
        has: String,
        help: &'static str,
    },
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Log(#[from] LogError),
}

/// What a new directory is made with, and an old one has to have, where it is given.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wanted {
    pub seed: Option<u64>,
    pub accounts: Option<u32>,
    pub partitions: Option<u32>,
    pub poison: Option<u32>,
}

/// The lock of a directory. The system gives it back when this is dropped, and when the process is
/// killed.
#[derive(Debug)]
pub struct Lock(#[expect(dead_code, reason = "its drop unlocks")] File);

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

    /// Makes the directory if it is not there, and locks it.
    ///
    /// # Errors
    ///
    /// If another program has locked it, or the system says no.
    pub fn lock(&self) -> Result<Lock, DataError> {
        fs::create_dir_all(&self.dir).map_err(self.io())?;
        let file = File::create(self.dir.join("lock")).map_err(self.io())?;
        match file.try_lock() {
            Ok(()) => Ok(Lock(file)),
            Err(TryLockError::WouldBlock) => Err(DataError::InUse {
                dir: self.dir.clone(),
            }),
            Err(TryLockError::Error(error)) => Err(self.io()(error)),
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
        let there = commands.exists();
        there
            .then_some(())
            .ok_or_else(|| DataError::Nothing(self.dir.clone()))
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
        let has = commands.setup();
        let pairs = [
            ("seed", has.seed, wanted.seed),
            (
                "accounts",
                has.accounts.into(),
                wanted.accounts.map(u64::from),
            ),
            (
                "partitions",
                has.partitions.into(),
                wanted.partitions.map(u64::from),
            ),
            ("poison", has.poison.into(), wanted.poison.map(u64::from)),
        ];
        for (what, has, wanted) in pairs {
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
        Ok(commands)
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

    /// Fails where the log is on Kafka.
    ///
    /// # Errors
    ///
    /// [`DataError::Elsewhere`].
    pub fn keeps_its_log(&self) -> Result<(), DataError> {
        match self.known_topic()? {
            None => Ok(()),
            Some(topic) => Err(DataError::Elsewhere {
                dir: self.dir.clone(),
                has: format!("in topic {topic}"),
                help: "say with --kafka where the brokers are",
            }),
        }
    }

    fn known_topic(&self) -> Result<Option<String>, DataError> {
        match fs::read_to_string(self.dir.join("topic")) {
            Ok(topic) => Ok(Some(topic.trim().to_owned())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(self.io()(error)),
        }
    }

    /// The topic of this settlement alone: of several programs that begin it together, all get the
    /// same. An empty name stands for any.
    ///
    /// # Errors
    ///
    /// If it has another one, keeps its log itself, or the system says no.
    pub fn topic(&self, wanted: &str) -> Result<String, DataError> {
        let elsewhere = |has, help| {
            let dir = self.dir.clone();
            Err(DataError::Elsewhere { dir, has, help })
        };
        let topic = match self.known_topic()? {
            Some(topic) => topic,
            None if self.dir.join("log.db").exists() => {
                return elsewhere("itself".into(), "take another --data for Kafka");
            }
            None if wanted.is_empty() => self.name_topic(&any_topic())?,
            None => self.name_topic(wanted)?,
        };
        if !wanted.is_empty() && topic != wanted {
            return elsewhere(format!("in topic {topic}"), "leave --topic out");
        }
        Ok(topic)
    }

    /// Notes the topic, unless another program was faster.
    fn name_topic(&self, name: &str) -> Result<String, DataError> {
        let own = self.dir.join(format!("topic-{}", std::process::id()));
        let write = || {
            fs::write(&own, format!("{name}\n"))?;
            File::open(&own)?.sync_all()?;
            match fs::hard_link(&own, self.dir.join("topic")) {
                Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
                _ => fs::remove_file(&own),
            }
        };
        write().map_err(self.io())?;
        Ok(self.known_topic()?.unwrap_or_else(|| name.to_owned()))
    }

    /// Gives the settlement another topic; returns the old name and the new one.
    ///
    /// # Errors
    ///
    /// If the system says no.
    pub fn new_topic(&self) -> Result<(String, String), DataError> {
        let old = self.known_topic()?.unwrap_or_default();
        fs::remove_file(self.dir.join("topic")).map_err(self.io())?;
        Ok((old, self.name_topic(&any_topic())?))
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

/// A name that no other settlement has.
fn any_topic() -> String {
    let number = RandomState::new().hash_one(std::process::id());
    format!("settlement-{number:016x}")
}

async fn blocking<T: Send + 'static>(
    open: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    let closed = || StoreError::Closed {
        file: "the runtime has stopped".into(),
    };
    spawn_blocking(open).await.unwrap_or_else(|_| Err(closed()))
}

/// The three stores of a settlement.
#[derive(Clone)]
pub struct Stores<L> {
    pub commands: Commands,
    pub log: L,
    pub views: Views,
}

impl<L: EventLog> Stores<L> {
    /// Closes the log, then the views, then the commands: what depends on the others goes first.
    ///
    /// If this future is dropped, they close all the same, and nobody waits.
    ///
    /// # Errors
    ///
    /// If the log fails. The others are closed all the same.
    pub async fn close(self) -> Result<(), LogError> {
        let closed = self.log.close().await;
        self.views.close().await;
        self.commands.close().await;
        closed
    }
}
