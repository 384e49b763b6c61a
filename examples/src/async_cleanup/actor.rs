//! (c) An actor: drop hands the lease to a task that closes it, and shutdown waits for that task.

use super::{Registry, SendOnDrop, close};
use tokio::sync::mpsc::{self, error::SendError};
use tokio::task::{JoinError, JoinHandle};

/// Closes the leases that were dropped, one at a time. At most `most` are held or wait for that.
///
/// [`Cleaner::start`] panics outside a runtime, and if `most` is 0. [`Cleaner::grant`] fails if the
/// task is gone: with its runtime, or because it panicked. If its future is dropped, no lease was
/// granted. [`Cleaner::shutdown`] waits for every lease to be dropped and closed: give it a
/// deadline. If its future is dropped, the task goes on.
// ANCHOR: cleaner
pub struct Cleaner {
    registry: Registry,
    places: mpsc::Sender<close::Lease>,
    task: JoinHandle<()>,
}

impl Cleaner {
    pub fn start(registry: Registry, most: usize) -> Cleaner {
        let (places, mut dropped) = mpsc::channel::<close::Lease>(most);
        let task = tokio::spawn(async move {
            while let Some(lease) = dropped.recv().await {
                lease.close().await;
            }
        });
        Cleaner {
            registry,
            places,
            task,
        }
    }

    pub async fn grant(&self, id: u32) -> Result<Lease, SendError<()>> {
        let grant = || close::Lease::grant(&self.registry, id);
        SendOnDrop::reserve(&self.places, grant).await
    }

    pub async fn shutdown(self) -> Result<(), JoinError> {
        drop(self.places); // `recv` gives `None` after the last lease
        self.task.await
    }
}
// ANCHOR_END: cleaner

/// Goes to its [`Cleaner`] when it is dropped.
pub type Lease = SendOnDrop<close::Lease>;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::async_cleanup::State;
    use std::{thread, time::Duration};
    use tokio::time::timeout;

    #[tokio::test]
    async fn shutdown_returns_when_what_was_dropped_is_released() {
        let registry = Registry::default();
        let cleaner = Cleaner::start(registry.clone(), 2);
        for id in [7, 8] {
            let lease = cleaner.grant(id).await.expect("it runs");
            thread::spawn(move || drop(lease)).join().expect("it sends");
        }
        cleaner.shutdown().await.expect("it does not panic");
        assert_eq!(registry.state(7), Some(State::Released));
        assert_eq!(registry.state(8), Some(State::Released));
    }

    #[tokio::test(start_paused = true)]
    async fn a_lease_needs_a_place_and_shutdown_needs_every_lease() {
        let hour = Duration::from_secs(3600);
        let registry = Registry::default();
        let cleaner = Cleaner::start(registry.clone(), 1);
        let held = cleaner.grant(7).await.expect("it runs");
        let second = timeout(hour, cleaner.grant(8)).await;
        assert!(second.is_err(), "there is one place");
        assert_eq!(registry.state(8), None, "no place, no lease");
        assert!(timeout(hour, cleaner.shutdown()).await.is_err());
        drop(held);
    }
}
