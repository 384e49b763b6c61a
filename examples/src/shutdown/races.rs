//! Somebody waits for several, or not for ever: what loses is dropped.

use std::future::ready;
use std::time::Duration;

use futures::FutureExt;
use tokio::time::timeout;
use tokio::{select, try_join};

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
    Way::rust("`try_join!`, another future fails", try_join_future)
        .at("practice/waiting.md#which-wait-to-choose"),
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
