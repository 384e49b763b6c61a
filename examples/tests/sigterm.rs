//! A signal ends the server without a handler and stops it with one. Page: `src/trap/exits.md`.
#![cfg(unix)]

use companion::exits::signalled;
use std::os::unix::process::ExitStatusExt;
use std::{path::Path, process::ExitStatus};

/// What the server printed before it ended, and how it ended. Fails after 20 seconds.
async fn sigterm(mode: &str, signal: &str) -> (Vec<String>, ExitStatus) {
    let program = Path::new(env!("CARGO_BIN_EXE_sigterm"));
    let (printed, status) = signalled(program, mode, signal).await.expect("it ends");
    (printed.lines().map(String::from).collect(), status)
}

#[tokio::test]
async fn without_a_handler_no_guard_runs() {
    let (printed, status) = sigterm("--no-handler", "TERM").await;
    assert_eq!(printed, ["ready"]);
    assert_eq!(status.signal(), Some(15), "a shell calls it 143");
}

#[tokio::test]
async fn with_a_handler_every_guard_runs() {
    for (signal, name) in [("TERM", "SIGTERM"), ("INT", "Ctrl-C")] {
        let (printed, status) = sigterm("--handler", signal).await;
        let stopping = format!("{name}: stopping");
        let rest = [
            "last reply sent",
            "connection released",
            "listener released",
        ];
        assert_eq!(printed, [&["ready", &stopping], &rest[..]].concat());
        assert_eq!(status.code(), Some(0));
    }
}
