//! The five ways, and five ends of a lease: which leases the registry gets back.

use super::thread::{Client, Reaped, Reaper};
use super::{Registry, State, actor, close, detached, tiny};
use std::future::{Future, pending, ready};
use std::panic::resume_unwind;
use std::{io, thread, time::Duration};
use tokio::runtime::Builder;
use tokio::task::{spawn_blocking, yield_now};
use tokio::time::sleep;

/// What the five have in common.
trait Way: Sized {
    type Lease: Send + 'static;

    fn start(registry: &Registry) -> io::Result<Self>;

    async fn grant(&self, registry: &Registry, id: u32) -> Self::Lease;

    /// How a holder that runs to its end ends the lease.
    fn end(lease: Self::Lease) -> impl Future<Output = ()> + Send + 'static {
        drop(lease);
        ready(())
    }

    /// What the shutdown path of the service waits for.
    async fn stop(self) {}

    /// What `main` does after the runtime is gone, when nobody took the shutdown path.
    fn join(self) {}
}

struct Tiny;

impl Way for Tiny {
    type Lease = tiny::Lease;

    fn start(_registry: &Registry) -> io::Result<Tiny> {
        Ok(Tiny)
    }

    async fn grant(&self, registry: &Registry, id: u32) -> tiny::Lease {
        tiny::Lease::grant(registry, id)
    }
}

struct Close;

impl Way for Close {
    type Lease = close::Lease;

    fn start(_registry: &Registry) -> io::Result<Close> {
        Ok(Close)
    }

    async fn grant(&self, registry: &Registry, id: u32) -> close::Lease {
        close::Lease::grant(registry, id)
    }

    fn end(lease: close::Lease) -> impl Future<Output = ()> + Send + 'static {
        lease.close()
    }
}

impl Way for actor::Cleaner {
    type Lease = actor::Lease;

    fn start(registry: &Registry) -> io::Result<actor::Cleaner> {
        Ok(actor::Cleaner::start(registry.clone(), 1))
    }

    async fn grant(&self, _registry: &Registry, id: u32) -> actor::Lease {
        let lease = actor::Cleaner::grant(self, id).await;
        lease.expect("the task receives")
    }

    async fn stop(self) {
        self.shutdown().await.expect("the task does not panic");
    }
}

struct Detached;

impl Way for Detached {
    type Lease = detached::Lease;

    fn start(_registry: &Registry) -> io::Result<Detached> {
        Ok(Detached)
    }

    async fn grant(&self, registry: &Registry, id: u32) -> detached::Lease {
        detached::Lease::grant(registry, id)
    }
}

impl Way for Reaper<Client> {
    type Lease = Reaped<Client>;

    fn start(_registry: &Registry) -> io::Result<Reaper<Client>> {
        Reaper::start(1)
    }

    async fn grant(&self, registry: &Registry, id: u32) -> Reaped<Client> {
        let client = self.open(|| Client::connect(registry, id)).await;
        client.expect("the thread receives")
    }

    async fn stop(self) {
        let joined = spawn_blocking(|| Reaper::join(self)).await;
        joined.expect("it waits").expect("no destructor panics");
    }

    fn join(self) {
        Reaper::join(self).expect("no destructor panics");
    }
}

/// How the lease ends: its holder ends while the service runs on, or as the service's last act;
/// it is dropped on a thread without a runtime; nobody stops the service before its runtime is
/// dropped; or its holder panics.
const ENDS: [&str; 5] = ["in service", "last act", "no runtime", "shutdown", "panic"];

/// What becomes of a lease that ends so.
fn run<W: Way>(end: &str) -> io::Result<State> {
    let (registry, id) = (Registry::default(), 7);
    let runtime = Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()?;
    let left = runtime.block_on(async {
        let way = W::start(&registry)?;
        let lease = way.grant(&registry, id).await;
        match end {
            "in service" => tokio::spawn(W::end(lease)).await.expect("no panic"),
            "last act" => {
                W::end(lease).await;
                way.stop().await;
                return Ok(None);
            }
            "no runtime" => thread::spawn(|| drop(lease)).join().expect("no panic"),
            "shutdown" => {
                tokio::spawn(async move {
                    let _lease = lease;
                    pending::<()>().await;
                });
                yield_now().await;
                return Ok(Some(way));
            }
            _panic => {
                let holder = tokio::spawn(async move {
                    let _lease = lease;
                    resume_unwind(Box::new("bad amount")); // without the hook's message
                });
                holder.await.expect_err("it panics");
            }
        }
        sleep(Duration::from_secs(60)).await; // the service runs on
        way.stop().await;
        io::Result::Ok(None)
    })?;
    drop(runtime);
    if let Some(way) = left {
        way.join();
    }
    Ok(registry.state(id).expect("it was granted"))
}

fn row<W: Way>(name: &str) -> io::Result<String> {
    let mut row = format!("{name:14}");
    for end in ENDS {
        let state = format!("{:?}", run::<W>(end)?).to_lowercase();
        row += &format!("{state:12}");
    }
    Ok(row.trim_end().to_owned() + "\n")
}

/// The table: a line for each way, a column for each end.
///
/// # Errors
///
/// If the operating system refuses a thread or what a runtime needs.
pub fn report() -> io::Result<String> {
    let head = ENDS.map(|end| format!("{end:12}")).concat();
    Ok(format!("{:14}{}\n", "", head.trim_end())
        + &row::<Tiny>("(a) tiny")?
        + &row::<Close>("(b) close")?
        + &row::<actor::Cleaner>("(c) actor")?
        + &row::<Detached>("(d) detached")?
        + &row::<Reaper<Client>>("(e) thread")?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_way_leaves_a_lease_in_silence() {
        let report = report().expect("threads and runtimes start");
        assert_eq!(report.lines().count(), 6);
        assert!(!report.contains("held"), "{report}");
    }
}
