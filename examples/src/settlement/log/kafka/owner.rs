//! A thread that owns something which blocks: it makes it, uses it, and drops it.

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::super::LogError;
use super::Trouble;

type Job<T> = Box<dyn FnOnce(&mut T) + Send>;

/// A handle to the thread. When the last one is dropped, the thread does what waits, drops what it
/// owns, and ends; nobody waits for that.
pub struct Owner<T> {
    jobs: mpsc::Sender<Job<T>>,
    name: Arc<str>,
    /// Cancelled when the thread has dropped what it owned.
    ended: CancellationToken,
}

impl<T> Clone for Owner<T> {
    fn clone(&self) -> Owner<T> {
        Owner {
            jobs: self.jobs.clone(),
            name: self.name.clone(),
            ended: self.ended.clone(),
        }
    }
}

impl<T: 'static> Owner<T> {
    /// Starts a thread that owns what `make` returns. If this future is dropped, the thread ends as
    /// soon as it has made it.
    ///
    /// # Errors
    ///
    /// Those of `make`.
    ///
    /// # Panics
    ///
    /// If the system has no thread left.
    pub async fn start(
        name: &str,
        make: impl FnOnce() -> Result<T, LogError> + Send + 'static,
    ) -> Result<Owner<T>, LogError> {
        let (jobs, mut waiting) = mpsc::channel::<Job<T>>(16);
        let (made, is_made) = oneshot::channel();
        let ended = CancellationToken::new();
        let ends = ended.clone().drop_guard();
        let own = move || {
            let _ends = ends;
            // Dropped before `_ends`, here, however long that takes.
            let mut owned = match make() {
                Ok(owned) => owned,
                Err(error) => return drop(made.send(Err(error))),
            };
            made.send(Ok(())).ok();
            while let Some(job) = waiting.blocking_recv() {
                job(&mut owned);
            }
        };
        let thread = thread::Builder::new().name(name.into());
        thread.spawn(own).expect("the system has a thread");
        is_made.await.unwrap_or(Err(LogError::Closed))?;
        let name = name.into();
        Ok(Owner { jobs, name, ended })
    }

    /// Runs `work` on the thread, after what was asked before. The second thing that it is given
    /// tells whether this future was dropped: then nobody waits for it any more, and it should end.
    ///
    /// # Errors
    ///
    /// Those of `work`; [`LogError::Closed`] if the thread has ended.
    ///
    /// # Panics
    ///
    /// The thread does, if `work` does: every later call fails.
    pub async fn call<R: Send + 'static>(
        &self,
        work: impl FnOnce(&mut T, &dyn Fn() -> bool) -> Result<R, LogError> + Send + 'static,
    ) -> Result<R, LogError> {
        let (answer, answered) = oneshot::channel();
        let job: Job<T> = Box::new(move |owned| {
            let result = work(owned, &|| answer.is_closed());
            answer.send(result).ok();
        });
        let sent = self.jobs.send(job).await;
        sent.map_err(|_| LogError::Closed)?;
        answered.await.unwrap_or(Err(LogError::Closed))
    }

    /// Waits until the thread has dropped what it owned, which is when all other handles are gone
    /// too. If this future is dropped, that happens all the same.
    ///
    /// # Errors
    ///
    /// [`Trouble::Slow`] after this time. The thread still ends when it can.
    pub async fn end(self, within: Duration) -> Result<(), LogError> {
        drop(self.jobs);
        let ended = timeout(within, self.ended.cancelled()).await;
        ended.map_err(|_| {
            let what = self.name.to_string();
            Trouble::Slow { what, within }.into()
        })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

    use super::*;

    /// Blocks in its drop, as librdkafka's clients do, and says where that was.
    struct Blocks(Receiver<()>, SyncSender<thread::ThreadId>);

    impl Drop for Blocks {
        fn drop(&mut self) {
            self.0.recv().ok();
            self.1.send(thread::current().id()).ok();
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_drop_that_blocks_holds_up_nobody() {
        let (release, released) = sync_channel(1);
        let (sender, dropped) = sync_channel(1);
        let make = move || Ok(Blocks(released, sender));
        let owner = Owner::start("blocks", make).await.expect("it is made");
        let late = owner.clone().end(Duration::from_secs(10));
        drop(owner);
        assert!(matches!(late.await, Err(LogError::Unavailable(_))));
        release.send(()).expect("it waits");
        let thread = dropped.recv().expect("it is dropped");
        assert_ne!(thread, thread::current().id());
    }

    #[tokio::test]
    async fn work_learns_that_nobody_waits() {
        let owner = Owner::start("counts", || Ok(0)).await.expect("it is made");
        let (begun, has_begun) = oneshot::channel();
        let work = owner.call(move |count: &mut u32, given_up| {
            begun.send(()).ok();
            while !given_up() {
                thread::yield_now();
            }
            *count += 1;
            Ok(())
        });
        tokio::select! {
            biased;
            _ = work => panic!("it ends only when it is dropped"),
            _ = has_begun => {}
        }
        let count = owner.call(|count, _| Ok(*count)).await;
        assert_eq!(count.expect("it answers"), 1);
    }
}
