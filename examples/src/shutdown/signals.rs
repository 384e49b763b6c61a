//! A signal, with and without a handler. Unix: a shell sends it.

use std::future::pending;
use std::process::{Command, exit};

use tokio::runtime::Builder;

use super::Way;
use super::guard::{Guard, main_returns};
use super::stage::park;
use crate::exits::stop_signal;

pub const WAYS: &[Way] = &[
    Way::both("SIGINT (Ctrl-C)", "SIGINT (Ctrl-C)", || unhandled("INT"))
        .at("trap/exits.md#a-signal-ends-the-process"),
    Way::both("SIGINT, handled", "SIGINT, handled", || handled("INT"))
        .at("trap/exits.md#a-signal-ends-the-process"),
    Way::both("SIGINT, handler exits", "SIGINT, handler exits", exits)
        .at("trap/exits.md#the-process-ends-first"),
    Way::both("SIGTERM", "SIGTERM", || unhandled("TERM"))
        .at("trap/exits.md#a-signal-ends-the-process"),
    Way::both("SIGTERM, handled", "SIGTERM, handled", || handled("TERM"))
        .at("trap/exits.md#a-signal-ends-the-process"),
    Way::both("SIGKILL", "SIGKILL", || unhandled("KILL"))
        .at("trap/exits.md#a-signal-ends-the-process"),
];

fn unhandled(signal: &str) {
    let _guard = Guard::new();
    send(signal);
    park();
}

fn handled(signal: &str) {
    let runtime = Builder::new_current_thread().enable_all().build();
    runtime.expect("the system gives one").block_on(async {
        let stopped = stop_signal().expect("the system takes a handler");
        let _guard = Guard::new();
        send(signal);
        stopped.await;
        println!("the signal arrives");
    });
    main_returns();
}

fn exits() {
    let runtime = Builder::new_current_thread().enable_all().build();
    runtime.expect("the system gives one").block_on(async {
        let stopped = stop_signal().expect("the system takes a handler");
        let _guard = Guard::new();
        tokio::spawn(async {
            stopped.await;
            exit(130)
        });
        send("INT");
        pending().await
    })
}

/// Has a shell send a signal to this process.
fn send(signal: &str) {
    let mut shell = Command::new("sh");
    shell.args(["-c", "kill -s \"$0\" $PPID", signal]);
    shell.status().expect("there is a shell");
}
