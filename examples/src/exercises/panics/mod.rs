//! Exercise `panics`, for the page `src/practice/panics.md`: a panic of one worker that stops the
//! others and reaches the caller. Edit `start.rs`, run
//! `cargo run -q -p companion --bin exercise -- panics`.

mod solution;
mod start;

use super::paused_runtime;
use futures::future::BoxFuture;
use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

/// What a worker does, given the token that tells it to stop.
pub type Worker = Box<dyn FnOnce(CancellationToken) -> BoxFuture<'static, ()> + Send>;
pub type Workers = Vec<Worker>;

/// `Ok`, or the message of the first panic.
pub type Outcome = Result<(), String>;

const HOUR: Duration = Duration::from_secs(3600);

/// Waits until it is told to stop, and then needs a second to flush its work.
fn waits(flushed: &Arc<AtomicU32>) -> Worker {
    let flushed = flushed.clone();
    Box::new(move |stop| {
        Box::pin(async move {
            stop.cancelled().await;
            sleep(Duration::from_secs(1)).await;
            flushed.fetch_add(1, Relaxed);
        })
    })
}

/// Ends after so many seconds, by a panic with this payload if there is one. `resume_unwind` skips
/// the panic hook, so that the check prints nothing but its result.
fn ends_after(seconds: u64, panic: Option<Box<dyn Any + Send>>) -> Worker {
    Box::new(move |_| {
        Box::pin(async move {
            sleep(Duration::from_secs(seconds)).await;
            if let Some(payload) = panic {
                resume_unwind(payload);
            }
        })
    })
}

/// Panics a second after it is told to stop.
fn panics_as_it_stops() -> Worker {
    Box::new(|stop| {
        Box::pin(async move {
            stop.cancelled().await;
            sleep(Duration::from_secs(1)).await;
            resume_unwind(Box::new("flush failed"));
        })
    })
}

/// Says whether a panic stops the others, lets them flush, waits for them, and reaches the caller
/// with its own message; and whether without one nobody is stopped. Time is paused.
fn check<R>(run: impl Fn(Workers, CancellationToken) -> R) -> Result<(), String>
where
    R: Future<Output = Outcome>,
{
    let runtime = paused_runtime();
    let checks = || {
        runtime.block_on(async {
            in_peace(&run).await?;
            one_panics(&run, "order 7", Box::new("order 7")).await?;
            let message = "order 8 has no price";
            one_panics(&run, message, Box::new(message.to_owned())).await
        })
    };
    catch_unwind(AssertUnwindSafe(checks))
        .unwrap_or_else(|_| Err("a panic took `run` down with it".into()))
}

/// Nobody panics: the end of one worker must not stop the others.
async fn in_peace<R>(run: impl Fn(Workers, CancellationToken) -> R) -> Result<(), String>
where
    R: Future<Output = Outcome>,
{
    let flushed = Arc::new(AtomicU32::new(0));
    let stop = CancellationToken::new();
    let workers = vec![ends_after(1, None), ends_after(9, None), waits(&flushed)];
    let caller = async {
        sleep(Duration::from_secs(60)).await;
        let early = stop.is_cancelled();
        stop.cancel();
        early
    };
    let running = timeout(HOUR, run(workers, stop.clone()));
    match tokio::join!(running, caller) {
        (_, true) => Err("nobody panicked, and the workers were stopped".into()),
        (Err(_), _) => Err("all workers have returned, `run` has not".into()),
        (Ok(Err(error)), _) => Err(format!("nobody panicked, but `run` says: {error}")),
        (Ok(Ok(())), _) if flushed.load(Relaxed) == 0 => {
            Err("`run` did not wait for a worker that flushed its work".into())
        }
        (Ok(Ok(())), _) => Ok(()),
    }
}

/// One of four workers panics, and another one as it stops. The first message counts.
async fn one_panics<R>(
    run: impl Fn(Workers, CancellationToken) -> R,
    message: &str,
    payload: Box<dyn Any + Send>,
) -> Result<(), String>
where
    R: Future<Output = Outcome>,
{
    let flushed = Arc::new(AtomicU32::new(0));
    let workers = vec![
        waits(&flushed),
        ends_after(1, Some(payload)),
        panics_as_it_stops(),
        waits(&flushed),
    ];
    let end = timeout(HOUR, run(workers, CancellationToken::new())).await;
    let alive = Handle::current().metrics().num_alive_tasks();
    match end {
        Err(_) => return Err("a worker panicked an hour ago, and `run` still waits".into()),
        Ok(Ok(())) => return Err(format!("{message:?} panicked, and `run` says Ok")),
        Ok(Err(error)) if error != message => {
            return Err(format!("{message:?} panicked first, `run` says: {error}"));
        }
        Ok(Err(_)) => {}
    }
    if alive > 0 {
        return Err(format!("`run` has returned, and {alive} workers still run"));
    }
    match flushed.load(Relaxed) {
        2 => Ok(()),
        n => Err(format!("2 workers had work to flush, {n} did")),
    }
}

/// Checks `start.rs`.
pub fn start() -> Result<(), String> {
    check(start::run)
}

/// Checks `solution.rs`.
pub fn solution() -> Result<(), String> {
    check(solution::run)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::supervise::message;
    use tokio::task::{JoinSet, spawn};

    type Stop = CancellationToken;

    fn wrong(check: Result<(), String>) -> String {
        check.expect_err("a wrong answer")
    }

    fn spawn_all(workers: Workers, stop: &Stop) -> JoinSet<()> {
        let start = |worker: Worker| worker(stop.clone());
        workers.into_iter().map(start).collect()
    }

    #[test]
    fn the_start_waits_for_the_wrong_worker() {
        let still = "a worker panicked an hour ago, and `run` still waits";
        assert_eq!(start(), Err(still.into()));
    }

    #[test]
    fn every_wrong_answer_is_told_apart() {
        let guards = async |workers: Workers, stop: Stop| {
            let mut tasks = JoinSet::new();
            for worker in workers {
                let guard = stop.clone().drop_guard();
                let work = worker(stop.clone());
                tasks.spawn(async move {
                    let _guard = guard;
                    work.await;
                });
            }
            tasks.join_all().await;
            Ok(())
        };
        let stopped = "nobody panicked, and the workers were stopped";
        assert_eq!(wrong(check(guards)), stopped);

        let join_all = async |workers: Workers, stop: Stop| {
            spawn_all(workers, &stop).join_all().await;
            Ok(())
        };
        let down = "a panic took `run` down with it";
        assert_eq!(wrong(check(join_all)), down);

        let swallows = async |workers: Workers, stop: Stop| {
            let mut tasks = spawn_all(workers, &stop);
            while let Some(ended) = tasks.join_next().await {
                if ended.is_err() {
                    stop.cancel();
                }
            }
            Ok(())
        };
        let ok = "\"order 7\" panicked, and `run` says Ok";
        assert_eq!(wrong(check(swallows)), ok);

        let display = async |workers: Workers, stop: Stop| {
            let mut tasks = spawn_all(workers, &stop);
            let mut first = Ok(());
            while let Some(ended) = tasks.join_next().await {
                if let Err(end) = ended {
                    stop.cancel();
                    first = first.and(Err(end.to_string()));
                }
            }
            first
        };
        assert!(wrong(check(display)).contains("`run` says: task "));

        let only_literals = async |workers: Workers, stop: Stop| {
            let mut tasks = spawn_all(workers, &stop);
            let mut first = Ok(());
            while let Some(ended) = tasks.join_next().await {
                if let Err(end) = ended {
                    stop.cancel();
                    let panic = end.into_panic();
                    let message = panic.downcast_ref::<&str>().unwrap_or(&"?");
                    first = first.and(Err(message.to_string()));
                }
            }
            first
        };
        let unknown = "\"order 8 has no price\" panicked first, `run` says: ?";
        assert_eq!(wrong(check(only_literals)), unknown);

        let last = async |workers: Workers, stop: Stop| {
            let mut tasks = spawn_all(workers, &stop);
            let mut last = Ok(());
            while let Some(ended) = tasks.join_next().await {
                if let Err(end) = ended {
                    stop.cancel();
                    last = Err(message(&*end.into_panic()).to_owned());
                }
            }
            last
        };
        let second = "\"order 7\" panicked first, `run` says: flush failed";
        assert_eq!(wrong(check(last)), second);

        let aborts = async |workers: Workers, stop: Stop| {
            let mut tasks = spawn_all(workers, &stop);
            while let Some(ended) = tasks.join_next().await {
                if let Err(end) = ended {
                    tasks.shutdown().await;
                    return Err(message(&*end.into_panic()).to_owned());
                }
            }
            Ok(())
        };
        let lost = "2 workers had work to flush, 0 did";
        assert_eq!(wrong(check(aborts)), lost);

        let leaves = async |workers: Workers, stop: Stop| {
            let mut tasks = spawn_all(workers, &stop);
            while let Some(ended) = tasks.join_next().await {
                if let Err(end) = ended {
                    stop.cancel();
                    tasks.detach_all();
                    return Err(message(&*end.into_panic()).to_owned());
                }
            }
            Ok(())
        };
        let running = "`run` has returned, and 3 workers still run";
        assert_eq!(wrong(check(leaves)), running);

        let detaches = async |workers: Workers, stop: Stop| {
            for worker in workers {
                drop(spawn(worker(stop.clone())));
            }
            Ok(())
        };
        let early = "`run` did not wait for a worker that flushed its work";
        assert_eq!(wrong(check(detaches)), early);
    }
}
