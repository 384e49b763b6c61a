//! The rounds of a tokio task, and of a job on the blocking pool.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use tokio::runtime::Runtime;
use tokio::sync::mpsc;
use tokio::task::{spawn_blocking, yield_now};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::Error;
use super::rounds::{memory, print_memory};

/// Spawns and awaits `n` tasks, a thousand at a time.
pub fn start(runtime: &Runtime, n: usize) {
    let starter = runtime.spawn(async move {
        for _ in 0..n / 1000 {
            let batch: Vec<_> = (0..1000).map(|_| tokio::spawn(async {})).collect();
            for task in batch {
                task.await.expect("it does not panic");
            }
        }
    });
    runtime.block_on(starter).expect("it does not panic");
}

/// Runs `n` jobs on the blocking pool, one at a time.
pub fn start_blocking(runtime: &Runtime, n: usize) {
    runtime.block_on(async {
        for _ in 0..n {
            let job = spawn_blocking(|| ());
            job.await.expect("it does not panic");
        }
    });
}

/// Parks `n` tasks on a token, then ends them, and prints their memory.
pub fn park(runtime: &Runtime, n: usize) -> Result<(), Error> {
    let before = memory()?;
    let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
    let started = Arc::new(AtomicUsize::new(0));
    let parked = runtime.block_on(async {
        for _ in 0..n {
            let (stop, started) = (stop.clone(), started.clone());
            let task = async move {
                started.fetch_add(1, Relaxed);
                stop.cancelled().await;
            };
            tasks.spawn_on(task, runtime.handle());
        }
        while started.load(Relaxed) < n {
            yield_now().await;
        }
        let parked = memory();
        stop.cancel();
        tasks.close();
        tasks.wait().await;
        parked
    });
    print_memory(n, before, parked?)
}

/// Exchanges `n` messages and replies between two tasks.
pub fn trip(runtime: &Runtime, n: usize) {
    let (request, mut requests) = mpsc::channel(1);
    let (reply, mut replies) = mpsc::channel(1);
    runtime.spawn(async move {
        while let Some(order) = requests.recv().await {
            reply.send(order).await.expect("the caller waits");
        }
    });
    let caller = runtime.spawn(async move {
        for order in 0..n {
            request.send(order).await.expect("the other end replies");
            replies.recv().await.expect("the other end replies");
        }
    });
    runtime.block_on(caller).expect("it does not panic");
}
