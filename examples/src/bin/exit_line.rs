//! Five requests, and the log line each leaves on its way out: see `companion::outcome`.

use std::future::{pending, ready};
use std::{io, time::Duration};

use companion::outcome::observed;
use tokio::time::{sleep, timeout};
use tracing::{Instrument, info, info_span};

// ANCHOR: handle
/// Settles one order inside a span that names it.
fn handle(
    order: u32,
    work: impl Future<Output = Result<(), &'static str>>,
) -> impl Future<Output = Result<(), &'static str>> {
    let work = async move {
        info!("enter");
        work.await
    };
    let exit = |outcome, took: Duration| {
        info!(%outcome, seconds = took.as_secs(), "exit");
    };
    observed(work, exit).instrument(info_span!("handle", order))
}
// ANCHOR_END: handle

#[tokio::main(flavor = "current_thread", start_paused = true)]
async fn main() {
    tracing_subscriber::fmt()
        .with_writer(io::stdout)
        .with_target(false)
        .without_time()
        .init();
    let second = Duration::from_secs(1);

    let paid = handle(1, async move {
        sleep(second).await;
        Ok(())
    });
    paid.await.expect("it is paid");
    let refused = handle(2, ready(Err("no funds")));
    refused.await.expect_err("it is refused");
    let stuck = handle(3, pending());
    timeout(2 * second, stuck).await.expect_err("it never ends");
    let never_polled = handle(4, ready(Ok(())));
    sleep(3 * second).await;
    drop(never_polled);
    let faulty = tokio::spawn(handle(5, async { panic!("bad amount") }));
    faulty.await.expect_err("it panics");
}
