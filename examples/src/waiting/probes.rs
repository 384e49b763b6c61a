//! The columns of the waiting table: each a program that looks what a tool does, whichever it is.
//!
//! They run on one thread with paused time. An hour passes when no task can run any more: so a
//! wait that is still pending then has nothing to wait for but a job whose gate is closed.

use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::time::Duration;

use futures::FutureExt;
use tokio::time::{sleep, timeout};

use super::job::Job;
use super::waits::{Heard, Waits};
use super::words::{Hears, Keeps, Late, OnCancel, OnDrop, Order, Others};

const HOUR: Duration = Duration::from_secs(3600);

/// Returns when no task can run any more.
async fn settle() {
    sleep(HOUR).await;
}

/// Whether the wait returns.
async fn returns(wait: impl Future<Output = ()>) -> bool {
    timeout(HOUR, wait).await.is_ok()
}

pub async fn on_drop<W: Waits>() -> OnDrop {
    let job = Job::new(1);
    let tool = W::of(vec![job.work()]);
    settle().await;
    drop(tool);
    if job.dropped() {
        return if job.finished() {
            OnDrop::Waits
        } else {
            OnDrop::Drops
        };
    }
    settle().await;
    if job.dropped() {
        return OnDrop::Aborts;
    }
    job.open();
    settle().await;
    assert!(job.finished(), "nobody owns the job, and it does not run");
    OnDrop::Leaves
}

pub async fn on_panic<W: Waits>() -> (Hears, Others) {
    let (good, bad) = (Job::new(1), Job::failing(2));
    let mut tool = W::of(vec![good.work(), bad.work()]);
    bad.open();
    let mut heard = Vec::new();
    let wait = AssertUnwindSafe(returns(tool.wait(&mut heard)));
    let panicked = wait.catch_unwind().await.is_err();
    let at_once = heard.contains(&Heard::Panic);
    settle().await;
    let dropped = good.dropped();

    good.open();
    settle().await;
    let ran_on = good.finished();
    assert!(returns(tool.wait(&mut heard)).await, "all jobs may end");
    let hears = match (panicked, at_once, heard.contains(&Heard::Panic)) {
        (true, ..) => Hears::Panics,
        (_, true, _) => Hears::Err,
        (_, _, true) => Hears::ErrInTurn,
        _ => Hears::Nothing,
    };
    let others = match (dropped, ran_on, good.finished()) {
        (true, ..) => Others::Dropped,
        (_, true, _) => Others::RunOn,
        (.., finished) => {
            assert!(finished, "the second wait returns without the job");
            Others::Stay
        }
    };
    (hears, others)
}

pub async fn on_cancel<W: Waits>() -> OnCancel {
    let job = Job::new(1);
    let mut tool = W::of(vec![job.work()]);
    let mut heard = Vec::new();
    if returns(tool.wait(&mut heard)).await {
        panic!("{} does not wait for a job that runs", W::NAME);
    }
    settle().await;
    if job.dropped() {
        return OnCancel::Drops;
    }
    job.open();
    settle().await;
    let ran_on = job.finished();
    assert!(returns(tool.wait(&mut heard)).await, "the job may end");
    assert!(job.finished(), "the second wait returns without the job");
    if ran_on {
        OnCancel::RunsOn
    } else {
        OnCancel::StandsStill
    }
}

/// The first late job comes while another runs, the second when the wait has returned.
pub async fn late<W: Waits>() -> [Late; 2] {
    let [first, second, third] = [1, 2, 3].map(Job::new);
    let mut tool = W::of(vec![first.work()]);
    let mut heard = Vec::new();
    let waits = !returns(tool.wait(&mut heard)).await;
    assert!(waits, "{} does not wait", W::NAME);
    let running = match tool.add(second.work()) {
        None => return [Late::Fixed; 2],
        Some(false) => Late::Refused,
        Some(true) => {
            first.open();
            assert!(!returns(tool.wait(&mut heard)).await);
            second.open();
            Late::Taken
        }
    };
    first.open();
    assert!(returns(tool.wait(&mut heard)).await, "all jobs may end");
    assert!(second.finished() || running == Late::Refused);

    if tool.add(third.work()) == Some(false) {
        return [running, Late::Refused];
    }
    assert!(!returns(tool.wait(&mut heard)).await);
    third.open();
    assert!(returns(tool.wait(&mut heard)).await && third.finished());
    [running, Late::Taken]
}

/// Of three jobs the third ends first, then the first, then the second.
pub async fn order<W: Waits>() -> Order {
    let jobs = [1, 2, 3].map(Job::new);
    let mut tool = W::of(jobs.iter().map(Job::work).collect());
    let mut heard = Vec::new();
    let ends = async {
        for job in [&jobs[2], &jobs[0], &jobs[1]] {
            job.open();
            settle().await;
        }
    };
    tokio::join!(tool.wait(&mut heard), ends);
    let ids = heard.iter().map(|heard| match heard {
        Heard::Result(id) => *id,
        Heard::Panic => panic!("no job panics"),
    });
    Order::of(&ids.collect::<Vec<_>>())
}

/// First nobody waits; if nothing runs then, somebody waits for a second job as well.
pub async fn keeps<W: Waits>() -> Keeps {
    let [first, second] = [1, 2].map(Job::new);
    let mut tool = W::of(vec![first.work(), second.work()]);
    first.open();
    settle().await;
    if first.finished() {
        return Keeps::of(&first);
    }
    let mut heard = Vec::new();
    let mut wait = pin!(tool.wait(&mut heard));
    assert!(!returns(wait.as_mut()).await && first.finished());
    match first.receipts() {
        0 => Keeps::UnfinishedWork,
        _ => Keeps::ResultsUntilTheLast,
    }
}
