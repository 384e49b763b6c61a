//! (d) A spawn from drop, where nothing better is to be had: the close may be lost. It is not lost
//! in silence, because the spawned future owns a lease that complains when it is dropped.

use super::{Registry, close};
use tokio::runtime::Handle;

/// Closed by a task that nobody waits for.
// ANCHOR: detached
pub struct Lease(Option<close::Lease>);

impl Drop for Lease {
    fn drop(&mut self) {
        let Some(lease) = self.0.take() else { return };
        match Handle::try_current() {
            // May be lost: nobody waits for it, shutdown drops it.
            Ok(runtime) => drop(runtime.spawn(lease.close())),
            Err(_) => drop(lease), // complains
        }
    }
}
// ANCHOR_END: detached

impl Lease {
    pub fn grant(registry: &Registry, id: u32) -> Lease {
        Lease(Some(close::Lease::grant(registry, id)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::async_cleanup::State;
    use std::{future::pending, time::Duration};
    use tokio::runtime::Builder;
    use tokio::time::sleep;

    #[tokio::test(start_paused = true)]
    async fn a_runtime_that_runs_on_releases_it() {
        let registry = Registry::default();
        drop(Lease::grant(&registry, 7));
        assert_eq!(registry.state(7), Some(State::Held));
        sleep(Duration::from_secs(1)).await;
        assert_eq!(registry.state(7), Some(State::Released));
    }

    #[test]
    fn without_a_runtime_and_at_shutdown_it_complains() {
        let registry = Registry::default();
        drop(Lease::grant(&registry, 7));
        assert_eq!(registry.state(7), Some(State::Reported));

        for mut builder in [Builder::new_current_thread(), Builder::new_multi_thread()] {
            let runtime = builder.build().expect("it starts");
            let lease = Lease::grant(&registry, 8);
            runtime.spawn(async move {
                let _lease = lease;
                pending::<()>().await;
            });
            drop(runtime);
            assert_eq!(registry.state(8), Some(State::Reported));
        }
    }
}
