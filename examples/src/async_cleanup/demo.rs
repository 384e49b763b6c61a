//! The five ways, and six ends of a lease: which leases the registry gets back.

use super::ways::{Helper, Lease, WAYS, grant};
use super::{Registry, State};
use std::panic::resume_unwind;
use std::{io, thread, time::Duration};
use tokio::runtime::Builder;
use tokio::task::yield_now;
use tokio::time::sleep;

/// How a lease ends: its holder ends while the service runs on, or as the service's last act; it is
/// dropped on a thread without a runtime; its holder panics, or is cancelled; or nobody stops the
/// service before its runtime is dropped.
const ENDS: [&str; 6] = [
    "in service",
    "last act",
    "no runtime",
    "panic",
    "cancelled",
    "not stopped",
];

const ID: u32 = 7;

/// The service: one holder, whose lease ends so.
async fn serve(end: &str, lease: Lease, helper: Helper) -> Helper {
    match end {
        "in service" => tokio::spawn(lease.end()).await.expect("no panic"),
        "last act" => {
            lease.end().await;
            return helper.stop().await;
        }
        "no runtime" => thread::spawn(|| drop(lease)).join().expect("no panic"),
        "panic" => {
            let holder = tokio::spawn(async move {
                let _lease = lease;
                resume_unwind(Box::new("bad amount")); // without the hook's message
            });
            holder.await.expect_err("it panics");
        }
        "cancelled" => {
            let holder = tokio::spawn(lease.hold());
            yield_now().await;
            holder.abort();
            holder.await.expect_err("it is cancelled");
        }
        _not_stopped => {
            tokio::spawn(lease.hold());
            yield_now().await;
            return helper;
        }
    }
    sleep(Duration::from_secs(60)).await; // the service runs on
    helper.stop().await
}

/// What becomes of the lease.
fn run(way: &str, end: &str) -> io::Result<State> {
    let registry = Registry::default();
    let runtime = Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()?;
    let helper = runtime.block_on(async {
        let (lease, helper) = grant(way, &registry, ID).await?;
        io::Result::Ok(serve(end, lease, helper).await)
    })?;
    drop(runtime);
    helper.join();
    Ok(registry.state(ID).expect("it was granted"))
}

/// The table: a line for each end, a column for each way. `yes` is a lease that was released, `no`
/// one that was reported, `lost` one of which nobody heard again.
///
/// # Errors
///
/// If the operating system refuses a thread or what a runtime needs.
pub fn report() -> io::Result<String> {
    let mut table = format!("{:12}{}\n", "released?", WAYS.join("  "));
    for end in ENDS {
        let mut row = format!("{end:12}");
        for way in WAYS {
            let word = match run(way, end)? {
                State::Released => "yes",
                State::Reported => "no",
                State::Held => "lost",
            };
            row += &format!("{word:5}");
        }
        table += row.trim_end();
        table += "\n";
    }
    Ok(table)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_way_leaves_a_lease_in_silence() {
        for way in WAYS {
            for end in ENDS {
                let state = run(way, end).expect("threads and runtimes start");
                assert_ne!(state, State::Held, "{way} {end}");
            }
        }
    }
}
