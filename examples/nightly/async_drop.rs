#![feature(async_drop)]
#![allow(incomplete_features)]
use std::future::{AsyncDrop, Future, pending};
use std::pin::{Pin, pin};
use std::task::{Context, Waker};

struct Lease;

impl Drop for Lease {
    fn drop(&mut self) {
        println!("  Drop");
    }
}

impl AsyncDrop for Lease {
    async fn drop(self: Pin<&mut Self>) {
        println!("  AsyncDrop");
    }
}

struct Slot; // an ordinary guard

impl Drop for Slot {
    fn drop(&mut self) {
        println!("  slot freed");
    }
}

fn poll_once(end: &str, future: impl Future) {
    println!("{end}:");
    let mut cx = Context::from_waker(Waker::noop());
    let _ = pin!(future).poll(&mut cx); // and drop it
}

fn main() {
    poll_once("scope exit", async { let _lease = Lease; });
    poll_once("question mark", async {
        let _lease = Lease;
        "12,50".parse::<u32>()?;
        Ok::<(), std::num::ParseIntError>(())
    });
    poll_once("Box", async { let _lease = Box::new(Lease); });
    println!("not async:");
    drop(Lease);
    println!("panic:");
    let panic = || poll_once("  unwinds", async {
        let _lease = Lease;
        std::panic::resume_unwind(Box::new("bad amount"));
    });
    let _ = std::panic::catch_unwind(panic);
    poll_once("cancelled, no Lease", async {
        let _slot = Slot;
        pending::<()>().await;
    });
    poll_once("cancelled", async {
        let (_slot, _lease) = (Slot, Lease);
        pending::<()>().await;
    });
    println!("never polled:");
    let (slot, lease) = (Slot, Lease);
    drop(async move { let _both = (slot, lease); });
    println!("end");
}
