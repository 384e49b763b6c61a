//! The row of the waiting table for handles of threads. A wait blocks here, so it runs on a thread
//! of its own, and another one looks on.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Barrier;
use std::thread::{self, Builder, JoinHandle, Result};

use futures::executor::block_on;

use super::Row;
use super::job::{Job, Receipt};
use super::words::{Hears, Keeps, Late, OnCancel, OnDrop, Order, Others};

pub fn handles() -> Row {
    Row::new(
        "[threads], one by one",
        on_drop(),
        on_cancel(),
        on_panic(),
        late(),
        order(),
        keeps(),
    )
}

/// What a wait gave, and whether this job had ended when it did.
///
/// The job's gate stays closed until the wait has had its chance to return without it. A wait that
/// panics says so on stderr, and the name of its thread says where that comes from.
pub fn watch<T: Send>(job: &Job, wait: impl FnOnce() -> T + Send) -> (Result<T>, bool) {
    let started = Barrier::new(2);
    let watched = || {
        started.wait();
        let given = catch_unwind(AssertUnwindSafe(wait));
        (given, job.finished())
    };
    let waiter = Builder::new().name("the waiting table, on purpose".into());
    thread::scope(|s| {
        let waiter = waiter.spawn_scoped(s, watched);
        let waiter = waiter.expect("the system gives a thread");
        started.wait();
        for _ in 0..1000 {
            thread::yield_now();
        }
        job.open();
        waiter.join().expect("its panic is caught")
    })
}

/// Returns when the job's thread has dropped it.
pub fn until_dropped(job: &Job) {
    while !job.dropped() {
        thread::yield_now();
    }
}

/// Of three jobs that a tool has started, the third ends first, then the first, then the second.
pub fn open_in_turn(jobs: &[Job; 3]) {
    for job in [&jobs[2], &jobs[0], &jobs[1]] {
        job.open();
        until_dropped(job);
    }
}

fn start(job: &Job) -> JoinHandle<Receipt> {
    let work = job.work();
    thread::spawn(|| block_on(work))
}

fn on_drop() -> OnDrop {
    let job = Job::new(1);
    drop(start(&job));
    if job.dropped() {
        return OnDrop::Drops;
    }
    job.open();
    until_dropped(&job);
    assert!(job.finished());
    OnDrop::Leaves
}

/// The good job is joined before the bad one, which panics at once.
fn on_panic() -> (Hears, Others) {
    let (good, bad) = (Job::new(1), Job::failing(2));
    let handles = [start(&good), start(&bad)];
    bad.open();
    until_dropped(&bad);
    let alive = !good.dropped();
    let (heard, _) = watch(&good, || {
        handles.map(|handle| handle.join().is_err().then(|| good.finished()))
    });
    let hears = match heard.expect("join returns what the thread did").as_slice() {
        [None, Some(true)] => Hears::ErrInTurn,
        [None, Some(false)] => Hears::Err,
        other => panic!("two handles gave {other:?}"),
    };
    assert!(alive && good.finished(), "a panic stops another thread");
    (hears, Others::RunOn)
}

fn on_cancel() -> OnCancel {
    let job = Job::new(1);
    let handle = start(&job);
    let (_, ended_first) = watch(&job, || handle.join());
    assert!(ended_first, "join returned before its thread");
    OnCancel::Blocks
}

/// The second thread is started while the first runs, the third when both have been joined.
fn late() -> [Late; 2] {
    let [first, second, third] = [1, 2, 3].map(Job::new);
    for (running, late) in [(Some(&first), &second), (None, &third)] {
        let handles: Vec<_> = running.into_iter().chain([late]).map(start).collect();
        first.open();
        let wait = || handles.into_iter().for_each(|handle| drop(handle.join()));
        assert!(watch(late, wait).1, "join returned before its thread");
    }
    [Late::Taken; 2]
}

fn order() -> Order {
    let jobs = [1, 2, 3].map(Job::new);
    let handles = jobs.each_ref().map(start);
    open_in_turn(&jobs);
    Order::of(&handles.map(|handle| handle.join().expect("no job panics").id))
}

fn keeps() -> Keeps {
    let job = Job::new(1);
    let handle = start(&job);
    job.open();
    while !handle.is_finished() {
        thread::yield_now();
    }
    Keeps::of(&job)
}
