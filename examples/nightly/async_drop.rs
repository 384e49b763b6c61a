//! Which destructors run with `AsyncDrop`: needs an unstable feature, so no crate compiles this. The
//! page `src/misuse/spawn-from-drop.md` says how to.

#![feature(async_drop)]
#![allow(incomplete_features)]
use std::future::{AsyncDrop, Future, pending};
use std::panic::{catch_unwind, resume_unwind};
use std::pin::{Pin, pin};
use std::task::{Context, Waker};

struct Lease;

impl Drop for Lease {
    fn drop(&mut self) {
        print!(" Drop");
    }
}

impl AsyncDrop for Lease {
    async fn drop(self: Pin<&mut Self>) {
        print!(" AsyncDrop");
    }
}

/// An ordinary guard.
struct Slot;

impl Drop for Slot {
    fn drop(&mut self) {
        print!(" slot freed");
    }
}

/// Polls the future once, then drops it.
fn poll(future: impl Future) {
    let mut context = Context::from_waker(Waker::noop());
    let _ready = pin!(future).poll(&mut context);
}

fn main() {
    print!("scope ends:");
    poll(async {
        let _lease = Lease;
    });
    print!("\nquestion mark:");
    poll(async {
        let _lease = Lease;
        "12,50".parse::<u32>().map(drop)?;
        Ok::<(), std::num::ParseIntError>(())
    });
    print!("\nin a Box:");
    poll(async {
        let _lease = Box::new(Lease);
    });
    print!("\nsync code:");
    drop(Lease);
    print!("\npanic:");
    let panics = catch_unwind(|| {
        poll(async {
            let _lease = Lease;
            resume_unwind(Box::new("bad amount"));
        })
    });
    assert!(panics.is_err());

    print!("\ncancelled, Slot:");
    poll(async {
        let _slot = Slot;
        pending::<()>().await;
    });
    print!("\ncancelled, Slot and Lease:");
    poll(async {
        let (_slot, _lease) = (Slot, Lease);
        pending::<()>().await;
    });
    print!("\nnever polled, Slot and Lease:");
    let both = (Slot, Lease);
    drop(async move {
        let _both = both;
    });
    println!();
}
