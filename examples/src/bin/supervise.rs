//! Two supervised workers, one that recovers and one that does not: see `companion::supervise`.

use companion::supervise::demo;
use std::process::ExitCode;

#[tokio::main(flavor = "current_thread", start_paused = true)]
async fn main() -> ExitCode {
    match demo().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(gave_up) => {
            eprintln!("{gave_up}");
            ExitCode::FAILURE
        }
    }
}
