//! A panic, and what stops it.

use std::panic::catch_unwind;

use super::Way;
use super::guard::{Guard, goes_on};
use super::stage::{join, on_main, thread};

pub const WAYS: &[Way] = &[
    Way::both("panic", "panic", panics).at("trap/exits.md#the-owner-lets-go"),
    Way::both("panic, caught", "recovered", caught).at("trap/exits.md#the-owner-lets-go"),
    Way::both("panic in a drop", "panic in a deferred call", in_a_drop)
        .at("foundations/drop-order.md#a-destructor-that-panics"),
    Way::both("panic during a panic", "panic during a panic", twice)
        .at("trap/exits.md#the-process-ends-first"),
    Way::rust(
        "panic during a panic in a task, guard in main",
        twice_in_a_task,
    ),
    Way::rust("panic under `panic = \"abort\"`", panics)
        .aborting()
        .at("trap/exits.md#the-process-ends-first"),
    Way::rust("panic, caught, under `panic = \"abort\"`", caught).aborting(),
    Way::both("panic in a thread", "panic in a goroutine", in_a_thread),
    Way::both(
        "panic in another thread",
        "panic in another goroutine",
        in_another_thread,
    ),
];

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
