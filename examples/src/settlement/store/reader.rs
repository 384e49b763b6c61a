//! The thread that reads. It sees what was committed, and never waits for the writer.

use std::sync::Arc;
use std::thread;

use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;

use super::{Place, StoreError};

type Job = Box<dyn FnOnce(&Connection) + Send>;

/// A handle to the thread. When the last one is dropped, the thread closes its connection and ends;
/// nobody waits for that.
#[derive(Clone)]
pub struct Reader {
    jobs: mpsc::Sender<Job>,
    file: Arc<str>,
    /// Cancelled when the thread has closed its connection.
    ended: CancellationToken,
}

impl Reader {
    /// Opens a connection to what a writer has opened, on a thread of its own.
    ///
    /// # Errors
    ///
    /// If SQLite cannot open the file.
    ///
    /// # Panics
    ///
    /// If the system has no thread left.
    pub fn start(place: &Place) -> Result<Reader, StoreError> {
        let connection = place.open_to_read()?;
        let (jobs, mut waiting) = mpsc::channel::<Job>(16);
        let file: Arc<str> = place.name().into();
        let ended = CancellationToken::new();
        let ends = ended.clone().drop_guard();
        let read = move || {
            let (_ends, connection) = (ends, connection);
            while let Some(job) = waiting.blocking_recv() {
                job(&connection);
            }
        };
        let named = thread::Builder::new().name(format!("read {file}"));
        named.spawn(read).expect("the system has a thread");
        Ok(Reader { jobs, file, ended })
    }

    /// Runs `work` on the thread. If this future is dropped, nobody gets its result.
    ///
    /// # Errors
    ///
    /// What `work` returns, or [`StoreError::Closed`].
    ///
    /// # Panics
    ///
    /// The thread does, if `work` does: every later call fails.
    pub async fn read<T, E>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let closed = || {
            let file = self.file.to_string();
            E::from(StoreError::Closed { file })
        };
        let job: Job = Box::new(move |connection| {
            // Whoever asked may have stopped waiting.
            answer.send(work(connection)).ok();
        });
        self.jobs.send(job).await.map_err(|_| closed())?;
        answered.await.unwrap_or_else(|_| Err(closed()))
    }

    /// Like [`Reader::read`], for work that fails with SQLite's own error.
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
        self.read(move |connection| work(connection).map_err(named))
            .await
    }

    /// Waits until the thread has closed its connection, which is when all other handles are gone
    /// too. If this future is dropped, the thread ends all the same.
    pub async fn close(self) {
        drop(self.jobs);
        self.ended.cancelled().await;
    }
}
