//! What every way is about: a guard that says when it runs, and on which thread.

use std::cell::Cell;

/// What `main`'s thread is called.
pub const MAIN: &str = "main";
pub const MADE: &str = "the guard is made";
pub const GOES_ON: &str = "the caller goes on";

thread_local! {
    /// What a reader calls this thread. It has no destructor, so a guard in another thread local
    /// can still read it.
    static HERE: Cell<&'static str> = const { Cell::new("an unknown thread") };
}

// ANCHOR: guard
/// Says that it exists, and later where it runs.
pub struct Guard(());

impl Guard {
    #[allow(clippy::new_without_default)] // making one is an event
    pub fn new() -> Guard {
        println!("{MADE}");
        Guard(())
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        println!("the guard runs on {}", HERE.get());
    }
}
// ANCHOR_END: guard

/// Names the current thread.
pub fn here(thread: &'static str) {
    HERE.set(thread);
}

/// Marks that whoever took the way out is at its next line.
pub fn goes_on() {
    println!("{GOES_ON}");
}

/// Marks the end of `main`.
pub fn main_returns() {
    println!("main returns");
}
