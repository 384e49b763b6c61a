//! Five ways to clean up what only async code can clean up, and where each of them gets to.
//!
//! The page is `src/misuse/spawn-from-drop.md`. Every way holds a lease that a registry must be
//! told about when it ends. See which ways tell it, for every way a lease can end:
//!
//! ```text
//! cargo run -q -p companion --bin async_cleanup
//! ```

pub mod actor;
pub mod close;
mod demo;
pub mod detached;
mod hand_over;
pub mod thread;
pub mod tiny;
mod ways;

pub use demo::report;
pub use hand_over::SendOnDrop;

use parking_lot::Mutex;
use std::{collections::BTreeMap, sync::Arc};
use tokio::task::yield_now;

/// What became of a lease.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Nobody has told the registry anything.
    Held,
    /// Its holder said that it could not release it: somebody can act on that.
    Reported,
    Released,
}

/// Who holds which lease. Clones share one registry.
///
/// Its lock is `parking_lot`'s, which a panic does not poison: a destructor must not panic.
#[derive(Clone, Default)]
pub struct Registry(Arc<Mutex<BTreeMap<u32, State>>>);

impl Registry {
    /// Hands out the lease.
    pub fn grant(&self, id: u32) {
        self.0.lock().insert(id, State::Held);
    }

    /// Takes the lease back, as a registry in this process does: in memory, at once.
    pub fn release(&self, id: u32) {
        self.0.lock().insert(id, State::Released);
    }

    /// Takes the lease back, as a registry across the network does.
    ///
    /// If this future is dropped before it is ready, the lease is still held.
    pub async fn release_remote(&self, id: u32) {
        yield_now().await;
        self.release(id);
    }

    /// Notes that the lease was not released: where a real program logs and counts.
    pub fn report(&self, id: u32) {
        self.0.lock().insert(id, State::Reported);
    }

    /// What became of the lease, or `None` if it was never granted.
    pub fn state(&self, id: u32) -> Option<State> {
        self.0.lock().get(&id).copied()
    }
}
