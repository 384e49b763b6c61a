//! The program ends itself.

use std::{hint, process};

use super::Way;
use super::guard::{Guard, goes_on};

pub const WAYS: &[Way] = &[
    Way::both("return", "return", returns).at("trap/exits.md#the-owner-lets-go"),
    Way::rust("`?` on an `Err`", question_mark).at("trap/exits.md#the-owner-lets-go"),
    Way::fallible("`main` returns `Err`", fails)
        .complains("disk full")
        .at("trap/exits.md#the-process-ends-first"),
    Way::both("`process::exit`", "`os.Exit`", exit).at("trap/exits.md#the-process-ends-first"),
    Way::go("`log.Fatal`")
        .go_complains("disk full")
        .at("trap/exits.md#in-go"),
    Way::rust("`process::abort`", abort).at("trap/exits.md#the-process-ends-first"),
    Way::both("stack overflow", "stack overflow", stack_overflow)
        .complains("has overflowed its stack")
        .go_complains("stack overflow")
        .at("trap/exits.md#the-process-ends-first"),
    Way::go("unlock of an unlocked mutex")
        .go_complains("unlock of unlocked mutex")
        .at("trap/exits.md#in-go"),
    Way::go("deadlock, detected")
        .go_complains("all goroutines are asleep")
        .at("trap/left-behind.md#in-go"),
    Way::go("`runtime.Goexit`").at("trap/exits.md#in-go"),
    Way::go("`runtime.Goexit` in main").go_complains("main called runtime.Goexit"),
];

fn returns() {
    fn settle() {
        let _guard = Guard::new();
    }
    settle();
    goes_on();
}

fn question_mark() {
    fn settle(amount: &str) -> Option<u32> {
        let _guard = Guard::new();
        let cents: u32 = amount.parse().ok()?;
        Some(cents + 1)
    }
    assert_eq!(settle("12,50"), None);
    goes_on();
}

fn fails() -> Result<(), String> {
    let _guard = Guard::new();
    Err("disk full".into())
}

fn exit() {
    let _guard = Guard::new();
    process::exit(3);
}

fn abort() {
    let _guard = Guard::new();
    process::abort();
}

fn stack_overflow() {
    #[expect(unconditional_recursion)]
    fn overflow(depth: u64) {
        overflow(hint::black_box(depth + 1));
        hint::black_box(depth);
    }
    let _guard = Guard::new();
    overflow(0);
}
