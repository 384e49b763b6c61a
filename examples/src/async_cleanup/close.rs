//! (b) An explicit async `close`, and a drop that complains when nobody called it.

use super::Registry;

/// Ends with [`Lease::close`]. If it is dropped instead, its registry is told that it leaked.
// ANCHOR: close
pub struct Lease {
    registry: Registry,
    id: u32,
    closed: bool,
}

impl Lease {
    /// Releases the lease. If this future is dropped, drop complains.
    pub async fn close(mut self) {
        self.registry.release_remote(self.id).await;
        self.closed = true;
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if !self.closed {
            self.registry.report(self.id); // log it, count it
        }
    }
}
// ANCHOR_END: close

impl Lease {
    pub fn grant(registry: &Registry, id: u32) -> Lease {
        registry.grant(id);
        Lease {
            registry: registry.clone(),
            id,
            closed: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::async_cleanup::State;
    use futures::FutureExt;

    #[tokio::test]
    async fn a_closed_lease_is_released() {
        let registry = Registry::default();
        Lease::grant(&registry, 7).close().await;
        assert_eq!(registry.state(7), Some(State::Released));
    }

    #[tokio::test]
    async fn a_forgotten_and_a_cancelled_close_are_reported() {
        let registry = Registry::default();
        drop(Lease::grant(&registry, 7));
        assert_eq!(registry.state(7), Some(State::Reported));

        let cancelled = Lease::grant(&registry, 8).close().now_or_never();
        assert_eq!(cancelled, None);
        assert_eq!(registry.state(8), Some(State::Reported));
    }
}
