//! What owns tasks, or futures, is dropped.

use futures::stream::FuturesUnordered;
use futures::{FutureExt, StreamExt};
use tokio::task::{JoinSet, LocalSet, yield_now};
use tokio_util::task::{AbortOnDropHandle, TaskTracker};

use super::Way;
use super::guard::{Guard, goes_on};
use super::stage::{hold, on_main, parked};

pub const WAYS: &[Way] = &[
    Way::rust("`JoinHandle` dropped", join_handle).at("foundations/task-leaks.md#predict"),
    Way::rust("`AbortOnDropHandle` dropped", abort_on_drop)
        .at("foundations/task-leaks.md#abort-is-a-request"),
    Way::rust("`JoinSet` dropped", join_set).at("practice/waiting.md#which-wait-to-choose"),
    Way::rust("`JoinSet::shutdown` awaited", join_set_shutdown)
        .at("practice/waiting.md#which-wait-to-choose"),
    Way::rust("`TaskTracker` dropped", task_tracker)
        .at("foundations/task-leaks.md#channels-end-by-themselves"),
    Way::rust("`FuturesUnordered` dropped", futures_unordered),
    Way::rust("`LocalSet` dropped", local_set),
];

fn join_handle() {
    on_main(async {
        drop(parked().await);
        goes_on();
    });
}

fn abort_on_drop() {
    on_main(async {
        drop(AbortOnDropHandle::new(parked().await));
        goes_on();
        yield_now().await;
    });
}

fn join_set() {
    on_main(async {
        let mut tasks = JoinSet::new();
        tasks.spawn(hold(Guard::new()));
        yield_now().await;
        drop(tasks);
        goes_on();
        yield_now().await;
    });
}

fn join_set_shutdown() {
    on_main(async {
        let mut tasks = JoinSet::new();
        tasks.spawn(hold(Guard::new()));
        yield_now().await;
        tasks.shutdown().await;
        goes_on();
    });
}

fn task_tracker() {
    on_main(async {
        let tracker = TaskTracker::new();
        tracker.spawn(hold(Guard::new()));
        yield_now().await;
        drop(tracker);
        goes_on();
        yield_now().await;
    });
}

fn futures_unordered() {
    on_main(async {
        let mut held = FuturesUnordered::from_iter([hold(Guard::new())]);
        assert!(held.next().now_or_never().is_none(), "it has been polled");
        drop(held);
        goes_on();
    });
}

fn local_set() {
    on_main(async {
        let tasks = LocalSet::new();
        tasks.spawn_local(hold(Guard::new()));
        tasks.run_until(yield_now()).await;
        drop(tasks);
        goes_on();
    });
}
