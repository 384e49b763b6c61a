//! A task ends: by itself, by a panic, or because it is told to.

use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

use super::Way;
use super::guard::{Guard, goes_on};
use super::stage::{hold, join, on_main};

pub const WAYS: &[Way] = &[
    Way::both("task returns, joined", "goroutine waited for", returns)
        .at("practice/waiting.md#in-rust"),
    Way::both(
        "panic in a task, joined",
        "panic in a goroutine, call in it",
        panics,
    )
    .complains("bad amount")
    .go_complains("bad amount")
    .at("trap/best-practice.md#pass-a-panic-on"),
    Way::rust("panic in a task, handle dropped", panics_unseen)
        .complains("bad amount")
        .at("trap/best-practice.md#accepted-the-panic-goes-missing"),
    Way::rust("panic in a task under `panic = \"abort\"`", panics)
        .aborting()
        .complains("bad amount")
        .at("practice/panics.md#under-panic--abort"),
    Way::both("token cancelled", "context cancelled", cancel)
        .at("practice/cancellation.md#four-stops"),
    Way::both(
        "token cancelled, ignored",
        "context cancelled, ignored",
        cancel_ignored,
    )
    .at("practice/cancellation.md#the-picture"),
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
