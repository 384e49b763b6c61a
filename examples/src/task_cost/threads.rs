//! The rounds of a thread: one of its own, or one of the blocking pool, as `spawn` does it.

use std::sync::{Arc, Barrier, mpsc::sync_channel};

use super::Error;
use super::rounds::{memory, print_memory};

/// What a thread runs.
pub type Job = Box<dyn FnOnce() + Send>;

/// Waits for the end of a job.
pub type Join<'a> = Box<dyn FnOnce() + 'a>;

/// Starts `n` threads, one at a time, and waits for each.
pub fn start<'a>(spawn: impl Fn(Job) -> Join<'a>, n: usize) {
    for _ in 0..n {
        spawn(Box::new(|| ()))();
    }
}

/// Parks `n` threads at a barrier, then ends them, and prints their memory.
pub fn park<'a>(spawn: impl Fn(Job) -> Join<'a>, n: usize) -> Result<(), Error> {
    let before = memory()?;
    let (started, stop) = (Arc::new(Barrier::new(n + 1)), Arc::new(Barrier::new(n + 1)));
    let mut threads = Vec::with_capacity(n);
    for _ in 0..n {
        let (started, stop) = (started.clone(), stop.clone());
        threads.push(spawn(Box::new(move || {
            started.wait();
            stop.wait();
        })));
    }
    started.wait();
    let parked = memory()?;
    stop.wait();
    for join in threads {
        join();
    }
    print_memory(n, before, parked)
}

/// Exchanges `n` messages and replies between two threads.
pub fn trip<'a>(spawn: impl Fn(Job) -> Join<'a>, n: usize) {
    let (request, requests) = sync_channel(1);
    let (reply, replies) = sync_channel(1);
    let other_end = spawn(Box::new(move || {
        for order in requests {
            reply.send(order).expect("the caller waits");
        }
    }));
    for order in 0..n {
        request.send(order).expect("the other end replies");
        replies.recv().expect("the other end replies");
    }
    drop(request);
    other_end();
}
