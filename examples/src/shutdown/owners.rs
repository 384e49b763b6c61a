//! What owns a future, or a task, is dropped.

use std::future::ready;
use std::time::Duration;

use futures::stream::FuturesUnordered;
use futures::{FutureExt, StreamExt};
use tokio::task::{JoinSet, LocalSet};
use tokio::time::timeout;
use tokio::{select, try_join};
use tokio_util::task::{AbortOnDropHandle, TaskTracker};

use super::Way;
use super::guard::{Guard, goes_on};
use super::stage::{hold, on_main, parked};

pub const WAYS: &[Way] = &[
    Way::rust("`select!` loser", select_future).at("foundations/drop-order.md#futures"),
    Way::both(
        "`select!` loser, a `JoinHandle`",
        "`select` loser, a goroutine",
        select_handle,
    )
    .at("foundations/task-leaks.md#predict"),
    Way::both("timeout over a future", "context timeout", timeout_future)
        .at("practice/cancellation.md#predict"),
    Way::both(
        "timeout over a `JoinHandle`",
        "context timeout, ignored",
        timeout_handle,
    )
    .at("practice/cancellation.md#a-deadline-over-a-task"),
    Way::rust("`try_join!`, another branch fails", try_join_future)
        .at("foundations/drop-order.md#futures"),
    Way::both("`JoinHandle` dropped", "goroutine parked", join_handle)
        .at("foundations/task-leaks.md#predict"),
    Way::rust("`AbortOnDropHandle` dropped", abort_on_drop)
        .at("foundations/task-leaks.md#abort-is-a-request"),
    Way::rust("`JoinSet` dropped", join_set)
        .at("foundations/task-leaks.md#channels-end-by-themselves"),
    Way::rust("`JoinSet::shutdown` awaited", join_set_shutdown),
    Way::rust("`TaskTracker` dropped", task_tracker)
        .at("foundations/task-leaks.md#channels-end-by-themselves"),
    Way::rust("`FuturesUnordered` dropped", futures_unordered),
    Way::rust("`LocalSet` dropped", local_set),
];

const SECOND: Duration = Duration::from_secs(1);

// ANCHOR: select
fn select_future() {
    on_main(async {
        select! {
            biased;
            () = hold(Guard::new()) => {}
            () = ready(()) => println!("the winner's arm runs"),
        }
        goes_on();
    });
}
// ANCHOR_END: select

fn select_handle() {
    on_main(async {
        let task = parked().await;
        select! {
            biased;
            _ = task => {}
            () = ready(()) => println!("the winner's arm runs"),
        }
        goes_on();
    });
}

fn timeout_future() {
    on_main(async {
        let held = timeout(SECOND, hold(Guard::new())).await;
        held.expect_err("it never ends");
        goes_on();
    });
}

fn try_join_future() {
    on_main(async {
        let guard = Guard::new();
        let held = hold(guard).map(Ok::<(), ()>);
        let failed = try_join!(held, ready(Err::<(), _>(())));
        failed.expect_err("one branch fails");
        goes_on();
    });
}

fn timeout_handle() {
    on_main(async {
        let task = parked().await;
        timeout(SECOND, task).await.expect_err("it never ends");
        goes_on();
    });
}

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
        tokio::task::yield_now().await;
    });
}

fn join_set() {
    on_main(async {
        let mut tasks = JoinSet::new();
        tasks.spawn(hold(Guard::new()));
        tokio::task::yield_now().await;
        drop(tasks);
        goes_on();
        tokio::task::yield_now().await;
    });
}

fn join_set_shutdown() {
    on_main(async {
        let mut tasks = JoinSet::new();
        tasks.spawn(hold(Guard::new()));
        tokio::task::yield_now().await;
        tasks.shutdown().await;
        goes_on();
    });
}

fn task_tracker() {
    on_main(async {
        let tracker = TaskTracker::new();
        tracker.spawn(hold(Guard::new()));
        tokio::task::yield_now().await;
        drop(tracker);
        goes_on();
        tokio::task::yield_now().await;
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
        tasks.run_until(tokio::task::yield_now()).await;
        drop(tasks);
        goes_on();
    });
}
