//! The process ends by its own doing.

use std::{hint, process};

use super::Way;
use super::guard::{Guard, goes_on};

pub const WAYS: &[Way] = &[
    Way::both("return", "return", returns).at("trap/exits.md#the-owner-lets-go"),
    Way::rust("`?`", question_mark).at("trap/exits.md#the-owner-lets-go"),
    Way::both("`process::exit`", "`os.Exit`", exit).at("trap/exits.md#the-process-ends-first"),
    Way::go("`log.Fatal`").at("trap/exits.md#in-go"),
    Way::rust("`process::abort`", abort).at("trap/exits.md#the-process-ends-first"),
    Way::both("stack overflow", "stack overflow", stack_overflow)
        .at("trap/exits.md#the-process-ends-first"),
    Way::go("unlock of an unlocked mutex").at("trap/exits.md#in-go"),
    Way::go("deadlock").at("trap/left-behind.md#in-go"),
    Way::go("`runtime.Goexit`").at("trap/exits.md#in-go"),
    Way::go("`runtime.Goexit` in main"),
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
