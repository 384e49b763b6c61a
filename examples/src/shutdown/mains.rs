//! `main` returns, while somebody else has the guard.

use std::sync::mpsc::sync_channel;

use tokio::runtime::{Builder, Runtime};

use super::Way;
use super::guard::{Guard, main_returns};
use super::stage::{hold, on_main, park, parked, thread};

pub const WAYS: &[Way] = &[
    Way::both("thread joined first", "goroutine waited for", joined)
        .at("practice/waiting.md#in-rust"),
    Way::rust("main returns, thread parked", thread_is_parked).at("trap/exits.md#predict"),
    Way::both(
        "main returns, task parked",
        "goroutine parked",
        task_is_parked,
    )
    .at("trap/exits.md#the-runtime-ends-first"),
    Way::both(
        "main returns, task not started",
        "goroutine perhaps not started",
        task_never_started,
    ),
    Way::rust("main returns, runtime on another thread", runtime_elsewhere),
];

fn joined() {
    let settled = thread(|| drop(Guard::new())).join();
    settled.expect("it does not panic");
    println!("the join returns");
}

fn thread_is_parked() {
    let (started, starts) = sync_channel(0);
    thread(move || {
        let _guard = Guard::new();
        started.send(()).expect("main waits");
        park()
    });
    starts.recv().expect("it starts");
    main_returns();
}

fn task_is_parked() {
    on_main(async {
        parked().await;
    });
}

fn task_never_started() {
    on_main(async {
        tokio::spawn(hold(Guard::new()));
    });
}

fn runtime_elsewhere() {
    let (started, starts) = sync_channel(0);
    thread(move || {
        let runtime = Builder::new_current_thread().build();
        let runtime: Runtime = runtime.expect("the system gives one");
        runtime.block_on(parked());
        started.send(()).expect("main waits");
        park()
    });
    starts.recv().expect("it starts");
    main_returns();
}
