//! The thread that writes: it takes all that waits, and commits it in one transaction.

use std::sync::Arc;
use std::{iter, thread};

use rusqlite::{Connection, Error, ffi};
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;

use super::{Place, StoreError};

/// How many jobs wait at most, and how many share a transaction at most.
const GROUP: usize = 512;

/// A handle to the thread. When the last one is dropped, the thread finishes what waits, closes its
/// connection, and ends; nobody waits for that.
#[derive(Clone)]
pub struct Writer {
    jobs: mpsc::Sender<Box<dyn Job>>,
    file: Arc<str>,
    /// Cancelled when the thread has closed its connection.
    ended: CancellationToken,
}

impl Writer {
    /// Moves the connection to a thread of its own, which calls `committed` after each commit,
    /// before anybody is answered.
    ///
    /// # Panics
    ///
    /// If the system has no thread left.
    #[must_use]
    pub fn start(
        connection: Connection,
        place: &Place,
        committed: impl FnMut(&Connection) + Send + 'static,
    ) -> Writer {
        let (jobs, waiting) = mpsc::channel(GROUP);
        let file: Arc<str> = place.name().into();
        let ended = CancellationToken::new();
        let (name, ends) = (file.clone(), ended.clone().drop_guard());
        let write = move || {
            let _ends = ends;
            run(connection, waiting, committed, &name);
        };
        let named = thread::Builder::new().name(format!("write {file}"));
        named.spawn(write).expect("the system has a thread");
        Writer { jobs, file, ended }
    }

    /// Runs `work` in a transaction, which it may share with others, and returns when that is on
    /// the disk. What `work` wrote before it failed is undone, what others wrote is not.
    ///
    /// If this future is dropped, `work` may still be run and committed.
    ///
    /// # Errors
    ///
    /// What `work` returns, or why there was no commit. Then nothing of it is stored.
    ///
    /// # Panics
    ///
    /// The thread does, if `work` does: every later call fails.
    pub async fn write<T, E>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let job = Work {
            work: Some(work),
            result: None,
            answer,
        };
        let closed = || {
            let file = self.file.to_string();
            E::from(StoreError::Closed { file })
        };
        let sent = self.jobs.send(Box::new(job)).await;
        sent.map_err(|_| closed())?;
        answered.await.unwrap_or_else(|_| Err(closed()))
    }

    /// Like [`Writer::write`], for work that fails with SQLite's own error.
    ///
    /// # Errors
    ///
    /// If SQLite has one.
    pub async fn sql<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        let file = self.file.clone();
        let named = move |error| StoreError::new(&file, error);
        self.write(move |connection| work(connection).map_err(named))
            .await
    }

    /// Waits until the thread has done what waits and has closed its connection, which is when all
    /// other handles are gone too. If this future is dropped, the thread ends all the same.
    pub async fn close(self) {
        drop(self.jobs);
        self.ended.cancelled().await;
    }
}

/// Somebody's work, and where they wait for it.
trait Job: Send {
    /// Runs inside the transaction; returns whether what it wrote should stay.
    fn run(&mut self, connection: &Connection) -> bool;

    /// Runs after the transaction, whether or not [`Job::run`] ran.
    fn answer(self: Box<Self>, committed: Result<(), StoreError>);
}

struct Work<F, T, E> {
    work: Option<F>,
    result: Option<Result<T, E>>,
    answer: oneshot::Sender<Result<T, E>>,
}

impl<F, T, E> Job for Work<F, T, E>
where
    F: FnOnce(&Connection) -> Result<T, E> + Send,
    T: Send,
    E: From<StoreError> + Send,
{
    fn run(&mut self, connection: &Connection) -> bool {
        let work = self.work.take();
        self.result = work.map(|work| work(connection));
        matches!(self.result, Some(Ok(_)))
    }

    fn answer(self: Box<Self>, committed: Result<(), StoreError>) {
        let answer = match (self.result, committed) {
            (Some(Err(own)), _) => Err(own),
            (_, Err(error)) => Err(error.into()),
            (Some(Ok(value)), Ok(())) => Ok(value),
            (None, Ok(())) => unreachable!("a committed job has run"),
        };
        // Whoever asked may have stopped waiting.
        self.answer.send(answer).ok();
    }
}

fn run(
    connection: Connection,
    mut waiting: mpsc::Receiver<Box<dyn Job>>,
    mut observe: impl FnMut(&Connection),
    file: &str,
) {
    while let Some(first) = waiting.blocking_recv() {
        let rest = iter::from_fn(|| waiting.try_recv().ok());
        let mut group: Vec<_> = iter::once(first).chain(rest.take(GROUP - 1)).collect();
        let committed = transaction(&connection, &mut group);
        let committed = committed.map_err(|error| StoreError::new(file, error));
        if committed.is_ok() {
            observe(&connection);
        }
        for job in group {
            job.answer(committed.clone());
        }
    }
}

/// Runs a group of jobs in one transaction. A job that fails is undone alone.
fn transaction(connection: &Connection, group: &mut [Box<dyn Job>]) -> rusqlite::Result<()> {
    let all = || {
        connection.execute_batch("BEGIN IMMEDIATE")?;
        for job in group {
            connection.execute_batch("SAVEPOINT job")?;
            let keep = job.run(connection);
            if connection.is_autocommit() {
                // SQLite itself took the transaction back: a full disk does that.
                return Err(Error::SqliteFailure(
                    ffi::Error::new(ffi::SQLITE_ABORT),
                    None,
                ));
            }
            let undo = if keep { "" } else { "ROLLBACK TO job; " };
            connection.execute_batch(&format!("{undo}RELEASE job"))?;
        }
        connection.execute_batch("COMMIT")
    };
    let committed = all();
    if committed.is_err() && !connection.is_autocommit() {
        connection.execute_batch("ROLLBACK")?;
    }
    committed
}
