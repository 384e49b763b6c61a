//! (a) Synchronous and tiny: the registry is in this process, and drop tells it at once.

use super::Registry;

/// Released when it is dropped, wherever that is.
// ANCHOR: tiny
pub struct Lease {
    registry: Registry,
    id: u32,
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.registry.release(self.id); // in memory, no await
    }
}
// ANCHOR_END: tiny

impl Lease {
    pub fn grant(registry: &Registry, id: u32) -> Lease {
        registry.grant(id);
        Lease {
            registry: registry.clone(),
            id,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::async_cleanup::State;

    #[test]
    fn a_drop_needs_no_runtime() {
        let registry = Registry::default();
        drop(Lease::grant(&registry, 7));
        assert_eq!(registry.state(7), Some(State::Released));
    }
}
