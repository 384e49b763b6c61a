//! What the five ways have in common, for the table of `demo.rs`.

use super::actor::Cleaner;
use super::thread::{Client, Reaper};
use super::{Registry, close, detached, tiny};
use std::{future::pending, io};

pub const WAYS: [&str; 5] = ["(a)", "(b)", "(c)", "(d)", "(e)"];

/// A lease, by what its holder does with it in the end.
pub enum Lease {
    Close(close::Lease),
    Drop(Box<dyn Send>),
}

impl Lease {
    fn drops(lease: impl Send + 'static) -> Lease {
        Lease::Drop(Box::new(lease))
    }

    /// How a holder that runs to its end ends it.
    pub async fn end(self) {
        match self {
            Lease::Close(lease) => lease.close().await,
            Lease::Drop(lease) => drop(lease),
        }
    }

    /// Holds it for ever.
    pub async fn hold(self) {
        pending().await
    }
}

/// What a way runs beside the holders of its leases.
pub enum Helper {
    None,
    Task(Cleaner),
    Thread(Reaper<Client>),
}

impl Helper {
    /// The shutdown path of the service, in its runtime.
    pub async fn stop(self) -> Helper {
        if let Helper::Task(cleaner) = self {
            cleaner.shutdown().await.expect("the task does not panic");
            return Helper::None;
        }
        self
    }

    /// What `main` does last, when its runtime is gone.
    pub fn join(self) {
        if let Helper::Thread(reaper) = self {
            reaper.join().expect("no destructor panics");
        }
    }
}

pub async fn grant(way: &str, registry: &Registry, id: u32) -> io::Result<(Lease, Helper)> {
    let lease = match way {
        "(a)" => Lease::drops(tiny::Lease::grant(registry, id)),
        "(b)" => Lease::Close(close::Lease::grant(registry, id)),
        "(c)" => {
            let cleaner = Cleaner::start(registry.clone(), 1);
            let lease = cleaner.grant(id).await.expect("the task receives");
            return Ok((Lease::drops(lease), Helper::Task(cleaner)));
        }
        "(d)" => Lease::drops(detached::Lease::grant(registry, id)),
        _thread => {
            let reaper = Reaper::start(1)?;
            let client = reaper.open(|| Client::connect(registry, id)).await;
            let client = client.expect("the thread receives");
            return Ok((Lease::drops(client), Helper::Thread(reaper)));
        }
    };
    Ok((lease, Helper::None))
}
