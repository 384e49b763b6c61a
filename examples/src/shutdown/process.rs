//! The process ends by its own doing.

use std::{hint, process};

use super::Way;
use super::guard::{Guard, goes_on};

pub const WAYS: &[Way] = &[
    Way::both("return", "return", returns),
    Way::rust("`?`", question_mark),
    Way::both("`process::exit`", "`os.Exit`", exit),
    Way::go("`log.Fatal`"),
    Way::rust("`process::abort`", abort),
    Way::both("stack overflow", "stack overflow", stack_overflow),
    Way::go("unlock of an unlocked mutex"),
    Way::go("deadlock"),
    Way::go("`runtime.Goexit`"),
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
