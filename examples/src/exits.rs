//! A server that SIGTERM and Ctrl-C stop in order, so that its guards run.
//!
//! The page is `src/trap/exits.md`. Start the server and press Ctrl-C; then see what the signal
//! does without a handler; then, on unix, let the program send SIGTERM to copies of itself:
//!
//! ```text
//! cargo run -q -p companion --bin sigterm
//! cargo run -q -p companion --bin sigterm -- --no-handler
//! cargo run -q -p companion --bin sigterm -- --demo
//! ```

#[cfg(unix)]
mod demo;
#[cfg(unix)]
pub use demo::{demo, signalled};

use std::{io, time::Duration};
use tokio::time::{error::Elapsed, sleep, timeout};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// How long a stopping server waits for its tasks.
pub const STOP_WITHIN: Duration = Duration::from_secs(5);

/// Prints its name when it is dropped: the line a killed process never prints.
struct Guard(&'static str);

impl Drop for Guard {
    fn drop(&mut self) {
        println!("{} released", self.0);
    }
}

/// Starts to listen for SIGTERM and Ctrl-C, and returns a future of the first one's name.
///
/// The call registers, not the first poll: from then on neither signal ends the process, also
/// when the future has been dropped.
///
/// # Errors
///
/// If the operating system refuses the handler.
///
/// # Panics
///
/// Outside a runtime.
// ANCHOR: signal
#[cfg(unix)]
pub fn stop_signal() -> io::Result<impl Future<Output = &'static str>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => "SIGTERM",
            _ = interrupt.recv() => "Ctrl-C",
        }
    })
}
// ANCHOR_END: signal

/// The same for Ctrl-C and Ctrl-Break.
#[cfg(windows)]
pub fn stop_signal() -> io::Result<impl Future<Output = &'static str>> {
    use tokio::signal::windows::{ctrl_break, ctrl_c};
    let (mut interrupt, mut terminate) = (ctrl_c()?, ctrl_break()?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => "Ctrl-C",
            _ = terminate.recv() => "Ctrl-Break",
        }
    })
}

/// Serves one connection until `signal` says to stop; its last reply takes as long as `reply`.
///
/// If this future is dropped, the connection stays with the runtime, and nobody tells it to stop.
///
/// # Errors
///
/// If the connection still runs at the deadline: `STOP_WITHIN`, counted from the signal.
// ANCHOR: serve
pub async fn serve<S>(signal: S, reply: Duration) -> Result<(), Elapsed>
where
    S: Future<Output = &'static str>,
{
    let _listener = Guard("listener");
    let tasks = TaskTracker::new();
    let token = CancellationToken::new();
    let (guard, stop) = (Guard("connection"), token.clone());
    tasks.spawn(async move {
        let _guard = guard;
        stop.cancelled().await;
        sleep(reply).await;
        println!("last reply sent");
    });

    println!("ready");
    println!("{}: stopping", signal.await);
    token.cancel();
    tasks.close();
    timeout(STOP_WITHIN, tasks.wait()).await
}
// ANCHOR_END: serve

/// Says that it needs unix.
///
/// # Errors
///
/// Always.
#[cfg(not(unix))]
pub async fn demo() -> io::Result<()> {
    Err(io::Error::new(
        io::ErrorKind::Unsupported,
        "SIGTERM needs unix",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::future::ready;
    use tokio::time::Instant;

    #[tokio::test(start_paused = true)]
    async fn the_last_reply_is_waited_for_until_the_deadline() {
        for (reply, waited, in_time) in [(4, 4, true), (60, 5, false)] {
            let start = Instant::now();
            let stopped = serve(ready("test"), Duration::from_secs(reply)).await;
            assert_eq!(stopped.is_ok(), in_time);
            assert_eq!(start.elapsed().as_secs(), waited);
        }
    }
}
