//! The row of the waiting table for `thread::scope`: its end is its wait, and its drop.

use std::thread::{self, ScopedJoinHandle};

use futures::executor::block_on;

use super::Row;
use super::job::{Job, Receipt};
use super::threads::{open_in_turn, until_dropped, watch};
use super::words::{Hears, Keeps, Late, OnCancel, OnDrop, Order, Others};

pub fn row() -> Row {
    Row::new(
        "[`thread::scope`]",
        on_drop(),
        on_cancel(),
        on_panic(),
        late(),
        order(),
        keeps(),
    )
}

/// Whether the scope has waited for a thread that nobody joins.
fn waits() -> bool {
    let job = Job::new(1);
    let (_, ended_first) = watch(&job, || {
        thread::scope(|s| {
            s.spawn(|| block_on(job.work()));
        });
    });
    ended_first
}

fn on_drop() -> OnDrop {
    assert!(waits(), "the scope returned before its thread");
    OnDrop::Waits
}

fn on_cancel() -> OnCancel {
    assert!(waits(), "the scope returned before its thread");
    OnCancel::Blocks
}

fn on_panic() -> (Hears, Others) {
    let (good, bad) = (Job::new(1), Job::failing(2));
    bad.open();
    let (waited, ended_first) = watch(&good, || {
        thread::scope(|s| {
            s.spawn(|| block_on(good.work()));
            s.spawn(|| block_on(bad.work()));
            until_dropped(&bad);
        });
    });
    let hears = match waited {
        Err(_) => Hears::Panics,
        Ok(()) => Hears::Nothing,
    };
    assert!(ended_first, "the scope returned before its thread");
    (hears, Others::AwaitedFirst)
}

/// The late job is spawned by a thread of the scope, when the scope's own closure has ended. Once
/// the scope has returned, the compiler allows no more.
fn late() -> [Late; 2] {
    let [first, late] = [1, 2].map(Job::new);
    let (_, ended_first) = watch(&late, || {
        thread::scope(|s| {
            let _at_the_end = scopeguard::guard((), |()| first.open());
            s.spawn(|| {
                block_on(first.work());
                s.spawn(|| block_on(late.work()));
            });
        });
    });
    assert!(ended_first, "the scope returned before its thread");
    [Late::Taken, Late::Fixed]
}

fn order() -> Order {
    let jobs = [1, 2, 3].map(Job::new);
    let ids = thread::scope(|s| {
        let run = |job: &Job| {
            let work = job.work();
            s.spawn(|| block_on(work))
        };
        let handles: [ScopedJoinHandle<Receipt>; 3] = jobs.each_ref().map(run);
        open_in_turn(&jobs);
        handles.map(|handle| handle.join().expect("no job panics").id)
    });
    Order::of(&ids)
}

fn keeps() -> Keeps {
    let job = Job::new(1);
    thread::scope(|s| {
        let handle = s.spawn(|| block_on(job.work()));
        job.open();
        while !handle.is_finished() {
            thread::yield_now();
        }
        Keeps::of(&job)
    })
}
