//! Several programs on one directory: one of them writes, and another takes over when it is gone.

use std::time::Duration;

use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use crate::settlement::data::{Data, DataError, Lock};
use crate::settlement::views::Views;

/// How often it looks: the system wakes nobody when a lock is free or a database has changed.
const PERIOD: Duration = Duration::from_millis(100);

/// The turn to write trades and publish them, which goes with the lock of the directory.
pub struct Turn {
    /// Cancelled when it has come.
    pub comes: CancellationToken,
    waits: Option<JoinHandle<Result<Lock, DataError>>>,
    #[expect(dead_code, reason = "its drop unlocks")]
    lock: Option<Lock>,
}

impl Turn {
    /// Takes the lock, or where programs may share a directory waits for it in the background.
    ///
    /// # Errors
    ///
    /// If another program has the lock and may not share it, or the system says no.
    pub fn take(data: &Data, shared: bool) -> Result<Turn, DataError> {
        let comes = CancellationToken::new();
        let (lock, waits) = match data.lock() {
            Ok(lock) => {
                comes.cancel();
                (Some(lock), None)
            }
            Err(DataError::InUse { .. }) if shared => {
                let waits = tokio::spawn(wait(data.clone(), comes.clone()));
                (None, Some(waits))
            }
            Err(error) => return Err(error),
        };
        Ok(Turn { comes, waits, lock })
    }

    /// Whether it came at once.
    pub fn is_first(&self) -> bool {
        self.waits.is_none()
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        if let Some(waits) = &self.waits {
            waits.abort();
        }
    }
}

/// Waits for the lock. It is dropped with the task's handle.
async fn wait(data: Data, comes: CancellationToken) -> Result<Lock, DataError> {
    let mut ticks = interval(PERIOD);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
    loop {
        ticks.tick().await;
        match data.lock() {
            Ok(lock) => {
                eprintln!("the other program is gone: this one writes now");
                comes.cancel();
                return Ok(lock);
            }
            Err(DataError::InUse { .. }) => {}
            Err(error) => {
                eprintln!("error: {error}");
                return Err(error);
            }
        }
    }
}

/// Looks at what other programs have stored in the views, until `stop`.
pub async fn follow(views: Views, stop: CancellationToken) {
    let mut ticks = interval(PERIOD);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
    while stop.run_until_cancelled(ticks.tick()).await.is_some() {
        // What fails here fails a subscriber, too, and it says so.
        views.refresh().await.ok();
    }
}
