//! A task ends: by itself, by a panic, or because somebody aborts it.

use std::future::pending;
use std::sync::mpsc::sync_channel;

use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

use super::Way;
use super::guard::{Guard, goes_on};
use super::stage::{hold, join, multi_thread, on_main, parked};

pub const WAYS: &[Way] = &[
    Way::both("task returns, joined", "goroutine waited for", returns),
    Way::both("panic in a task, joined", "panic in a goroutine", panics)
        .at("trap/best-practice.md#pass-a-panic-on"),
    Way::rust("panic in a task, handle dropped", panics_unseen)
        .at("trap/best-practice.md#accepted-the-panic-goes-missing"),
    Way::rust("panic in a task under `panic = \"abort\"`", panics).aborting(),
    Way::rust("`JoinHandle::abort`", abort).at("foundations/task-leaks.md#abort-is-a-request"),
    Way::rust("`JoinHandle::abort`, multi_thread", abort_multi_thread)
        .at("foundations/task-leaks.md#abort-is-a-request"),
    Way::rust("abort during a poll, multi_thread", abort_during_a_poll)
        .at("foundations/task-leaks.md#abort-is-a-request"),
    Way::rust("abort unpolled, guard passed in", abort_passed_in)
        .at("foundations/task-leaks.md#abort-is-a-request"),
    Way::rust("abort unpolled, guard made inside", abort_made_inside)
        .at("foundations/task-leaks.md#abort-is-a-request"),
    Way::rust("abort of the task that spawned it", abort_parent),
    Way::both("token cancelled", "context cancelled", cancel),
    Way::both(
        "token cancelled, ignored",
        "context cancelled, ignored",
        cancel_ignored,
    ),
];

fn returns() {
    on_main(async {
        let task = tokio::spawn(async { drop(Guard::new()) });
        join(task).await;
    });
}

fn panics() {
    on_main(async {
        let task = tokio::spawn(async {
            let _guard = Guard::new();
            panic!("bad amount");
        });
        join(task).await;
    });
}

fn panics_unseen() {
    on_main(async {
        let (ended, ends) = oneshot::channel::<()>();
        drop(tokio::spawn(async {
            let _ended = ended;
            let _guard = Guard::new();
            panic!("bad amount");
        }));
        goes_on();
        assert!(ends.await.is_err(), "it is dropped, not sent");
    });
}

fn abort() {
    on_main(async {
        let task = parked().await;
        task.abort();
        goes_on();
        join(task).await;
    });
}

fn abort_multi_thread() {
    let runtime = multi_thread();
    let task = runtime.block_on(parked());
    task.abort();
    runtime.block_on(join(task));
}

fn abort_passed_in() {
    on_main(async {
        let task = tokio::spawn(hold(Guard::new()));
        task.abort();
        goes_on();
        join(task).await;
    });
}

fn abort_made_inside() {
    on_main(async {
        let task = tokio::spawn(async { hold(Guard::new()).await });
        task.abort();
        goes_on();
        join(task).await;
    });
}

fn abort_during_a_poll() {
    let runtime = multi_thread();
    let (started, starts) = sync_channel(0);
    let (go_on, goes) = sync_channel(0);
    let task = runtime.spawn(async move {
        let _guard = Guard::new();
        started.send(()).expect("main waits");
        goes.recv().expect("main sends");
        println!("the poll ends");
        pending().await
    });
    starts.recv().expect("it starts");
    task.abort();
    goes_on();
    go_on.send(()).expect("the task waits");
    runtime.block_on(join(task));
}

fn abort_parent() {
    on_main(async {
        let (started, starts) = oneshot::channel();
        let parent = tokio::spawn(async {
            let _child = parked().await;
            started.send(()).expect("main waits");
            pending().await
        });
        starts.await.expect("the child is parked");
        parent.abort();
        join(parent).await;
    });
}

fn cancel() {
    on_main(async {
        let token = CancellationToken::new();
        let (guard, stop) = (Guard::new(), token.clone());
        let task = tokio::spawn(async move {
            let _guard = guard;
            stop.cancelled().await;
        });
        token.cancel();
        goes_on();
        join(task).await;
    });
}

fn cancel_ignored() {
    on_main(async {
        let token = CancellationToken::new();
        let (guard, _stop) = (Guard::new(), token.clone());
        let _task = tokio::spawn(hold(guard));
        token.cancel();
        goes_on();
    });
}
