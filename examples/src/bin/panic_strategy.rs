//! What is left of a panic's way out under `panic = "abort"`. Std only, so that rustc alone can
//! compile it under either strategy.

use std::{panic, thread};

struct Lease;

impl Drop for Lease {
    fn drop(&mut self) {
        println!("lease released");
    }
}

fn settle() {
    let _lease = Lease;
    panic!("order 7 has no price");
}

fn main() {
    panic::set_hook(Box::new(|panic| {
        println!("hook: {}", panic.payload_as_str().unwrap_or("?"));
    }));
    println!("caught: {}", panic::catch_unwind(settle).is_err());
    println!("joined: {}", thread::spawn(settle).join().is_err());
}
