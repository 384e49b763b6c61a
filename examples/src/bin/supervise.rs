//! Two supervised workers, one that recovers and one that does not: see `companion::supervise`.

use companion::supervise::demo;
use std::process::ExitCode;
use std::{io, panic};

#[tokio::main(flavor = "current_thread", start_paused = true)]
async fn main() -> ExitCode {
    panic::set_hook(Box::new(|_| ())); // the supervisor's own log has the message
    tracing_subscriber::fmt()
        .with_writer(io::stdout)
        .with_target(false)
        .without_time()
        .init();
    match demo().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(gave_up) => {
            eprintln!("{gave_up}");
            ExitCode::FAILURE
        }
    }
}
