//! A task ends: by itself, by a panic, or because somebody aborts it.

use std::future::pending;
use std::sync::mpsc::sync_channel;

use tokio::runtime::{Builder, Runtime};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::Way;
use super::guard::{Guard, goes_on, here, hold, main_returns};

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

/// Runs `main` on a current_thread runtime, which it drops after `main` has returned. Time is
/// paused: a timeout elapses as soon as everybody waits.
pub fn on_main(main: impl Future) {
    let runtime = current_thread();
    runtime.block_on(main);
    main_returns();
}

pub fn current_thread() -> Runtime {
    let mut builder = Builder::new_current_thread();
    let runtime = builder.enable_all().start_paused(true).build();
    runtime.expect("the system gives one")
}

pub fn multi_thread() -> Runtime {
    let mut builder = Builder::new_multi_thread();
    let runtime = builder
        .worker_threads(1)
        .on_thread_start(|| here("a worker"))
        .build();
    runtime.expect("the system gives one")
}

/// A task that holds a guard, has been polled, and never ends.
pub async fn parked() -> JoinHandle<()> {
    let (started, starts) = oneshot::channel();
    let guard = Guard::new();
    let task = tokio::spawn(async move {
        let _guard = guard;
        started.send(()).expect("its owner waits");
        pending().await
    });
    starts.await.expect("it starts");
    task
}

/// Waits for a task, whatever becomes of it.
pub async fn join(task: JoinHandle<()>) {
    drop(task.await);
    println!("the join returns");
}

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
