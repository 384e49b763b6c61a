//! The rows of the waiting table that are threads. A wait blocks here, so nothing can look on from
//! the same thread: each column is written out, and a job's gate opens before the wait.

use std::sync::Mutex;
use std::thread::{self, Builder, JoinHandle, ScopedJoinHandle};

use futures::FutureExt;
use futures::executor::block_on;

use super::Row;
use super::job::{Job, Receipt};
use super::words::{Hears, Keeps, Late, OnCancel, OnDrop, Order, Others};

pub fn handles() -> Row {
    Row::new(
        "[`thread::JoinHandle`]s, joined in turn",
        handle_on_drop(),
        handle_on_panic(),
        handle_on_cancel(),
        handle_late(),
        handle_order(),
        handle_keeps(),
    )
}

pub fn scope() -> Row {
    Row::new(
        "[`thread::scope`]",
        scope_on_drop(),
        scope_on_panic(),
        scope_on_cancel(),
        scope_late(),
        scope_order(),
        scope_keeps(),
    )
}

fn start(job: &Job) -> JoinHandle<Receipt> {
    let work = job.work();
    thread::spawn(|| block_on(work))
}

/// Returns when the job's thread has dropped it.
fn until_dropped(job: &Job) {
    while !job.dropped() {
        thread::yield_now();
    }
}

fn handle_on_drop() -> OnDrop {
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

/// A second thread joins the good job, then the bad one. The good one's gate stays closed until
/// the bad one has panicked.
fn handle_on_panic() -> (Hears, Others) {
    let (good, bad) = (Job::new(1), Job::failing(2));
    let handles = [start(&good), start(&bad)];
    let heard = Mutex::new(Vec::new());
    let push = |failed| heard.lock().expect("no push panics").push(failed);
    let at_once = thread::scope(|s| {
        s.spawn(|| {
            for handle in handles {
                push(handle.join().is_err());
            }
        });
        bad.open();
        until_dropped(&bad);
        let at_once = heard.lock().expect("no push panics").contains(&true);
        assert!(!good.dropped());
        good.open();
        at_once
    });
    assert!(good.finished());
    let hears = match heard.into_inner().expect("no push panics").contains(&true) {
        true if at_once => Hears::Err,
        true => Hears::ErrInTurn,
        false => Hears::Nothing,
    };
    (hears, Others::RunOn)
}

/// Polls a future that waits, once.
fn cancel(wait: impl Future<Output = ()>) -> OnCancel {
    match wait.now_or_never() {
        Some(()) => OnCancel::Blocks,
        None => panic!("a wait of threads has no `.await`"),
    }
}

fn handle_on_cancel() -> OnCancel {
    let job = Job::new(1);
    let handle = start(&job);
    cancel(async {
        job.open();
        assert!(handle.join().is_ok() && job.finished());
    })
}

fn handle_late() -> Late {
    let [first, late] = [1, 2].map(Job::new);
    let mut handles = vec![start(&first)];
    first.open();
    assert!(handles.pop().is_some_and(|handle| handle.join().is_ok()));
    handles.push(start(&late));
    late.open();
    assert!(handles.pop().is_some_and(|handle| handle.join().is_ok()));
    assert!(late.finished());
    Late::Taken
}

fn handle_order() -> Order {
    let jobs = [1, 2, 3].map(Job::new);
    let handles = jobs.each_ref().map(start);
    for job in [&jobs[2], &jobs[0], &jobs[1]] {
        job.open();
        until_dropped(job);
    }
    in_order(handles.map(|handle| handle.join().expect("no job panics").id))
}

fn in_order(ids: [u32; 3]) -> Order {
    match ids {
        [1, 2, 3] => Order::Added,
        [3, 1, 2] => Order::Ended,
        other => panic!("results in the order {other:?}"),
    }
}

fn handle_keeps() -> Keeps {
    let job = Job::new(1);
    let handle = start(&job);
    job.open();
    while !handle.is_finished() {
        thread::yield_now();
    }
    kept(&job)
}

fn kept(job: &Job) -> Keeps {
    match job.receipts() {
        0 => Keeps::Nothing,
        _ => Keeps::Results,
    }
}

fn scope_on_drop() -> OnDrop {
    let job = Job::new(1);
    thread::scope(|s| {
        s.spawn(|| block_on(job.work()));
        job.open();
    });
    assert!(job.finished(), "the scope returned before its thread");
    OnDrop::Waits
}

/// The panic's message is on stderr; the name of the thread says where it comes from.
fn scope_on_panic() -> (Hears, Others) {
    let (good, bad) = (Job::new(1), Job::failing(2));
    let wait = || {
        thread::scope(|s| {
            s.spawn(|| block_on(good.work()));
            s.spawn(|| block_on(bad.work()));
            bad.open();
            until_dropped(&bad);
            good.open();
        });
    };
    let waiter = Builder::new().name("the waiting table, on purpose".into());
    let waited = thread::scope(|s| {
        let waiter = waiter.spawn_scoped(s, wait);
        waiter.expect("the system gives a thread").join()
    });
    let hears = match waited {
        Err(_) => Hears::Panics,
        Ok(()) => Hears::Nothing,
    };
    assert!(good.finished(), "the scope returned before its thread");
    (hears, Others::AwaitedFirst)
}

fn scope_on_cancel() -> OnCancel {
    let job = Job::new(1);
    cancel(async {
        thread::scope(|s| {
            s.spawn(|| block_on(job.work()));
            job.open();
        });
        assert!(job.finished());
    })
}

/// The late job is spawned by a thread of the scope, when the scope's own closure has ended.
fn scope_late() -> Late {
    let [first, late] = [1, 2].map(Job::new);
    let ended = Job::new(3); // its gate opens when the closure drops `at_the_end`
    thread::scope(|s| {
        let at_the_end = scopeguard::guard((), |()| ended.open());
        s.spawn(|| {
            block_on(ended.work());
            s.spawn(|| block_on(late.work()));
            late.open();
        });
        s.spawn(|| block_on(first.work()));
        first.open();
        drop(at_the_end);
    });
    assert!(late.finished(), "the scope returned before its thread");
    Late::Taken
}

fn scope_order() -> Order {
    let jobs = [1, 2, 3].map(Job::new);
    let ids = thread::scope(|s| {
        let run = |job: &Job| {
            let work = job.work();
            s.spawn(|| block_on(work))
        };
        let handles: [ScopedJoinHandle<Receipt>; 3] = jobs.each_ref().map(run);
        for job in [&jobs[2], &jobs[0], &jobs[1]] {
            job.open();
            until_dropped(job);
        }
        handles.map(|handle| handle.join().expect("no job panics").id)
    });
    in_order(ids)
}

fn scope_keeps() -> Keeps {
    let job = Job::new(1);
    thread::scope(|s| {
        let handle = s.spawn(|| block_on(job.work()));
        job.open();
        while !handle.is_finished() {
            thread::yield_now();
        }
        kept(&job)
    })
}
