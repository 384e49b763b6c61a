//! What owns a task, or a future, is dropped.

use std::future::ready;
use std::time::Duration;

use futures::stream::FuturesUnordered;
use futures::{FutureExt, StreamExt};
use tokio::select;
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_util::task::{AbortOnDropHandle, TaskTracker};

use super::Way;
use super::guard::{Guard, goes_on, hold};
use super::tasks::{on_main, parked};

pub const WAYS: &[Way] = &[
    Way::rust("`select!` loser", select_future),
    Way::rust("`select!` loser, a JoinHandle", select_handle),
    Way::both(
        "timeout over a future",
        "context deadline, the goroutine listens",
        timeout_future,
    ),
    Way::both(
        "timeout over a JoinHandle",
        "context deadline, the goroutine does not listen",
        timeout_handle,
    ),
    Way::rust("JoinHandle dropped", join_handle),
    Way::rust("AbortOnDropHandle dropped", abort_on_drop),
    Way::rust("JoinSet dropped", join_set),
    Way::rust("`JoinSet::shutdown` awaited", join_set_shutdown),
    Way::rust("TaskTracker dropped", task_tracker),
    Way::rust("FuturesUnordered dropped", futures_unordered),
];

const SECOND: Duration = Duration::from_secs(1);

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
