//! Starting and ending: tasks, futures, threads, jobs of the blocking pool; cancelling many tasks;
//! large futures; what a drop of many values takes. `go/tasks.go` has the counterparts.

use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::thread;

use anyhow::Result;
use futures::future::join_all;
use tokio::runtime::Runtime;
use tokio::task::{JoinSet, spawn_blocking, yield_now};
use tokio_util::sync::CancellationToken;

use crate::Round;
use crate::clock::{self, Sample, Stopwatch, Took};

/// As many in a batch.
const BATCH: u64 = 1000;
/// As many waiters are cancelled, as many strings dropped.
const MANY: usize = 10_000;

static DONE: AtomicUsize = AtomicUsize::new(0);

/// What every task does.
async fn work() {
    DONE.fetch_add(1, Relaxed);
}

/// Runs `future` in a task: that of `block_on` would be none, and is polled by another thread.
pub fn on<F: Future<Output: Send> + Send + 'static>(runtime: &Runtime, future: F) -> F::Output {
    let task = runtime.spawn(future);
    runtime.block_on(task).expect("no benchmark panics")
}

pub fn measure(name: &str, round: &Round) -> Result<Option<Sample>> {
    let runtime = round.runtime()?;
    let measure = |run: &dyn Fn(u64)| clock::measure(round.lasts, run);
    Ok(Some(match name {
        "spawn" => measure(&|n| on(&runtime, one_by_one(n))),
        "batch" => measure(&|n| on(&runtime, batches(n))),
        "batch-set" => measure(&|n| on(&runtime, sets(n))),
        "batch-futures" => measure(&|n| on(&runtime, futures(n))),
        "state-none" => measure(&|n| on(&runtime, with_state::<0>(n))),
        "state-8k" => measure(&|n| on(&runtime, with_state::<8192>(n))),
        "state-32k" => measure(&|n| on(&runtime, with_state::<32768>(n))),
        "blocking" => measure(&|n| on(&runtime, jobs(n))),
        "thread" => measure(&|n| threads(n)),
        "cancel" | "cancel-child" => {
            let child = name == "cancel-child";
            let each = MANY as f64;
            clock::measure_parts(round.lasts, each, || on(&runtime, cancel(child)))
        }
        "drop-strings" => clock::measure_parts(round.lasts, MANY as f64, drop_strings),
        _ => return Ok(None),
    }))
}

async fn one_by_one(n: u64) {
    for _ in 0..n {
        tokio::spawn(work()).await.expect("it does not panic");
    }
}

/// Rounds `n` up to batches; so do the next two.
async fn batches(n: u64) {
    for _ in 0..n.div_ceil(BATCH) {
        let batch: Vec<_> = (0..BATCH).map(|_| tokio::spawn(work())).collect();
        for task in batch {
            task.await.expect("it does not panic");
        }
    }
}

async fn sets(n: u64) {
    for _ in 0..n.div_ceil(BATCH) {
        let mut batch: JoinSet<()> = (0..BATCH).map(|_| work()).collect();
        while batch.join_next().await.is_some() {}
    }
}

/// Many futures in one task.
async fn futures(n: u64) {
    for _ in 0..n.div_ceil(BATCH) {
        join_all((0..BATCH).map(|_| work())).await;
    }
}

/// Tasks that carry `N` bytes across an await.
async fn with_state<const N: usize>(n: u64) {
    for _ in 0..n {
        let task = tokio::spawn(async {
            let state = [1_u8; N];
            black_box(&state);
            yield_now().await;
            black_box(&state);
        });
        task.await.expect("it does not panic");
    }
}

async fn jobs(n: u64) {
    for _ in 0..n {
        let job = spawn_blocking(|| DONE.fetch_add(1, Relaxed));
        job.await.expect("it does not panic");
    }
}

fn threads(n: u64) {
    for _ in 0..n {
        let thread = thread::spawn(|| DONE.fetch_add(1, Relaxed));
        thread.join().expect("it does not panic");
    }
}

/// From `cancel` until the last waiter has ended.
async fn cancel(child: bool) -> Took {
    let (stop, waiting) = (CancellationToken::new(), Arc::new(AtomicUsize::new(0)));
    let mut tasks = Vec::with_capacity(MANY);
    for _ in 0..MANY {
        let stop = match child {
            true => stop.child_token(),
            false => stop.clone(),
        };
        let waiting = waiting.clone();
        tasks.push(tokio::spawn(async move {
            waiting.fetch_add(1, Relaxed);
            stop.cancelled().await;
        }));
    }
    while waiting.load(Relaxed) < MANY {
        yield_now().await;
    }
    let clock = Stopwatch::start();
    stop.cancel();
    for task in tasks {
        task.await.expect("it does not panic");
    }
    clock.stop()
}

fn drop_strings() -> Took {
    let strings: Vec<String> = (0..MANY).map(|n| format!("settlement {n}")).collect();
    let strings = black_box(strings);
    let clock = Stopwatch::start();
    drop(strings);
    clock.stop()
}
