//! A task is aborted: while it is suspended, while it is polled, or before.

use std::future::pending;
use std::sync::mpsc::{SyncSender, sync_channel};

use tokio::runtime::Runtime;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio_util::task::AbortOnDropHandle;

use super::Way;
use super::guard::{Guard, goes_on, main_returns};
use super::stage::{hold, join, multi_thread, on_main, parked};

const LESSON: &str = "foundations/task-leaks.md#abort-is-a-request";

pub const WAYS: &[Way] = &[
    Way::rust("`JoinHandle::abort`", suspended).at(LESSON),
    Way::rust("`JoinHandle::abort`, multi_thread", suspended_multi_thread).at(LESSON),
    Way::rust("abort during a poll, multi_thread", during_a_poll).at(LESSON),
    Way::rust(
        "`AbortOnDropHandle` dropped during a poll, multi_thread",
        handle_during_a_poll,
    )
    .at(LESSON),
    Way::rust("abort unpolled, guard passed in", passed_in).at(LESSON),
    Way::rust("abort unpolled, guard made inside", made_inside).at(LESSON),
    Way::rust("abort of the task that spawned it", parent).at("trap/scope.md#in-rust"),
];

fn suspended() {
    on_main(async {
        let task = parked().await;
        task.abort();
        goes_on();
        join(task).await;
    });
}

fn suspended_multi_thread() {
    let runtime = multi_thread();
    let task = runtime.block_on(parked());
    task.abort();
    runtime.block_on(join(task));
}

/// A task in the middle of a poll, and what lets it go on.
fn polling(runtime: &Runtime) -> (JoinHandle<()>, SyncSender<()>) {
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
    (task, go_on)
}

fn during_a_poll() {
    let runtime = multi_thread();
    let (task, go_on) = polling(&runtime);
    task.abort();
    goes_on();
    go_on.send(()).expect("the task waits");
    runtime.block_on(join(task));
}

fn handle_during_a_poll() {
    let runtime = multi_thread();
    let (task, go_on) = polling(&runtime);
    drop(AbortOnDropHandle::new(task));
    goes_on();
    go_on.send(()).expect("the task waits");
    drop(runtime);
    main_returns();
}

fn passed_in() {
    on_main(async {
        let task = tokio::spawn(hold(Guard::new()));
        task.abort();
        goes_on();
        join(task).await;
    });
}

fn made_inside() {
    on_main(async {
        let task = tokio::spawn(async { hold(Guard::new()).await });
        task.abort();
        goes_on();
        join(task).await;
    });
}

fn parent() {
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
