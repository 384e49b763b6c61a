//! (e) A thread of its own for values whose destructors block: a client that says goodbye over a
//! blocking socket must not do so on a worker of the runtime.
//!
//! The thread outlives the runtime; `main` joins it last.

use super::{Registry, SendOnDrop};
use std::{io, thread};
use tokio::sync::mpsc::{self, error::SendError};

/// A client that releases its lease when it is dropped, and blocks until a thread of its own has
/// done that. It panics if the operating system refuses that thread.
pub struct Client {
    registry: Registry,
    id: u32,
}

impl Client {
    pub fn connect(registry: &Registry, id: u32) -> Client {
        registry.grant(id);
        Client {
            registry: registry.clone(),
            id,
        }
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        thread::scope(|threads| {
            threads.spawn(|| self.registry.release(self.id));
        });
    }
}

/// A thread that drops what it is sent. At most `most` values are open or wait for that.
///
/// [`Reaper::start`] fails if the operating system refuses the thread, and panics if `most` is 0.
/// [`Reaper::join`] blocks until every value has been dropped: call it from `main`, after the
/// runtime. It fails if a destructor panicked.
// ANCHOR: reaper
pub struct Reaper<T> {
    places: mpsc::Sender<T>,
    thread: thread::JoinHandle<()>,
}

impl<T: Send + 'static> Reaper<T> {
    pub fn start(most: usize) -> io::Result<Reaper<T>> {
        let (places, mut dropped) = mpsc::channel(most);
        let thread = thread::Builder::new().spawn(move || {
            while let Some(value) = dropped.blocking_recv() {
                drop(value); // may take as long as it likes
            }
        })?;
        Ok(Reaper { places, thread })
    }

    pub fn join(self) -> thread::Result<()> {
        drop(self.places);
        self.thread.join()
    }
}
// ANCHOR_END: reaper

impl<T: Send + 'static> Reaper<T> {
    /// Opens a value that is dropped on the thread, as soon as there is a place for it.
    ///
    /// If this future is dropped, nothing was opened.
    ///
    /// # Errors
    ///
    /// If the thread has ended, which only a panic of a destructor makes it do.
    pub async fn open<F>(&self, open: F) -> Result<SendOnDrop<T>, SendError<()>>
    where
        F: FnOnce() -> T,
    {
        SendOnDrop::reserve(&self.places, open).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::async_cleanup::State;
    use std::sync::mpsc::{SyncSender, sync_channel};
    use std::thread::{ThreadId, current};
    use tokio::runtime::Builder;

    struct WhereDropped(SyncSender<ThreadId>);

    impl Drop for WhereDropped {
        fn drop(&mut self) {
            self.0.send(current().id()).expect("the test listens");
        }
    }

    #[test]
    fn a_destructor_runs_on_the_thread_and_join_waits_for_it() {
        let runtime = Builder::new_current_thread().build().expect("it starts");
        let (sender, places) = sync_channel(1);
        let reaper = Reaper::start(1).expect("the thread starts");
        let value = runtime.block_on(reaper.open(|| WhereDropped(sender)));
        let thread = reaper.thread.thread().id();
        drop(value);
        reaper.join().expect("no destructor panics");
        assert_eq!(places.recv(), Ok(thread));
    }

    #[test]
    fn a_client_outlives_the_runtime() {
        let registry = Registry::default();
        let runtime = Builder::new_current_thread().build().expect("it starts");
        let reaper = Reaper::start(1).expect("the thread starts");
        let client = runtime.block_on(reaper.open(|| Client::connect(&registry, 7)));
        drop(runtime);
        drop(client);
        reaper.join().expect("no destructor panics");
        assert_eq!(registry.state(7), Some(State::Released));
    }
}
