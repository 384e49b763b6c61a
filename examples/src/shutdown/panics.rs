//! A panic, and what stops it.

use std::panic::catch_unwind;

use super::Way;
use super::guard::{Guard, goes_on};
use super::stage::{join, on_main, parked, thread};

pub const WAYS: &[Way] = &[
    Way::both("panic", "panic", panics)
        .complains("bad amount")
        .go_complains("bad amount")
        .at("trap/exits.md#the-owner-lets-go"),
    Way::both("panic, caught", "recovered", caught)
        .complains("bad amount")
        .at("trap/exits.md#the-owner-lets-go"),
    Way::both("panic in a drop", "panic in a deferred call", in_a_drop)
        .complains("the drop panics")
        .go_complains("the deferred call panics")
        .at("foundations/drop-order.md#a-destructor-that-panics"),
    Way::both("panic during a panic", "panic during a panic", twice)
        .complains(ABORTS)
        .go_complains("the deferred call panics")
        .at("trap/exits.md#the-process-ends-first"),
    Way::rust(
        "panic during a panic in a task, guard in main",
        twice_in_a_task,
    )
    .complains(ABORTS)
    .at("practice/panics.md#a-second-panic"),
    Way::rust("panic under `panic = \"abort\"`", panics)
        .aborting()
        .complains("bad amount")
        .at("trap/exits.md#the-process-ends-first"),
    Way::rust("panic, caught, under `panic = \"abort\"`", caught)
        .aborting()
        .complains("bad amount")
        .at("practice/panics.md#under-panic--abort"),
    Way::both(
        "panic in a thread, guard in it",
        "panic in a goroutine, call in it",
        in_a_thread,
    )
    .complains("bad amount")
    .go_complains("bad amount")
    .at("practice/panics.md#hook-destructors-catch"),
    Way::both(
        "panic in a thread, guard in main",
        "panic in a goroutine, call in main",
        in_another_thread,
    )
    .complains("bad amount")
    .go_complains("bad amount")
    .at("practice/panics.md#hook-destructors-catch"),
    Way::both(
        "panic in main, guard in a parked task",
        "panic in main, call in a parked goroutine",
        beside_a_task,
    )
    .complains("bad amount")
    .go_complains("bad amount")
    .at("trap/exits.md#the-runtime-ends-first"),
];

/// What the standard library says before it aborts.
const ABORTS: &str = "panic in a destructor during cleanup";

struct Faulty;

impl Drop for Faulty {
    fn drop(&mut self) {
        panic!("the drop panics");
    }
}

fn panics() {
    let _guard = Guard::new();
    panic!("bad amount");
}

fn caught() {
    let settled = catch_unwind(|| {
        let _guard = Guard::new();
        panic!("bad amount");
    });
    assert!(settled.is_err());
    goes_on();
}

fn in_a_drop() {
    let _guard = Guard::new();
    drop(Faulty);
}

fn twice() {
    let _guard = Guard::new();
    let _faulty = Faulty;
    panic!("bad amount");
}

fn twice_in_a_task() {
    on_main(async {
        let _guard = Guard::new();
        let task = tokio::spawn(async {
            let _faulty = Faulty;
            panic!("bad amount");
        });
        join(task).await;
    });
}

fn in_a_thread() {
    let settled = thread(panics).join();
    assert!(settled.is_err());
    println!("the join returns");
}

fn in_another_thread() {
    let _guard = Guard::new();
    let settled = thread(|| panic!("bad amount")).join();
    assert!(settled.is_err());
    println!("the join returns");
}

fn beside_a_task() {
    on_main(async {
        parked().await;
        panic!("bad amount");
    });
}
