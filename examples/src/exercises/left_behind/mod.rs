//! Exercise `left-behind`, for the page `src/trap/left-behind.md`: a permit that must live as
//! long as its job. Edit `start.rs`, run
//! `cargo run -q -p companion --bin exercise -- left-behind`.

mod solution;
mod start;

use super::paused_runtime;
use std::{pin::Pin, sync::Arc, time::Duration};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};
use tokio::{task::JoinHandle, time::timeout};

type Job = Pin<Box<dyn Future<Output = ()> + Send>>;

/// A job, and the connection permit that it needs while it runs.
pub struct Work {
    pub job: Job,
    /// Dropped with the struct: gives the connection back.
    pub permit: OwnedSemaphorePermit,
}

/// Says whether `in_background` holds the permit while the job runs, and gives it back after.
/// Time is paused: a wait that nothing ends costs none.
fn check(in_background: impl Fn(Work) -> JoinHandle<()>) -> Result<(), String> {
    let runtime = paused_runtime();
    runtime.block_on(async {
        let connections = Arc::new(Semaphore::new(1));
        let permit = connections
            .clone()
            .try_acquire_owned()
            .expect("nobody else takes permits");
        let (started, starts) = oneshot::channel::<()>();
        let (end, ends) = oneshot::channel::<()>();
        let job = async move {
            started.send(()).ok();
            ends.await.ok();
        };

        let deadline = Duration::from_secs(60);
        let job = Box::pin(job);
        let task = in_background(Work { job, permit });
        if !matches!(timeout(deadline, starts).await, Ok(Ok(()))) {
            return Err("the job never starts".into());
        }
        if connections.available_permits() != 0 {
            return Err("the job runs without its permit".into());
        }
        end.send(()).ok();
        if !matches!(timeout(deadline, task).await, Ok(Ok(()))) {
            return Err("the job's task does not end".into());
        }
        if connections.available_permits() != 1 {
            return Err("the job has ended, its permit is still taken".into());
        }

        let permit = connections
            .clone()
            .try_acquire_owned()
            .expect("nobody else takes permits");
        let (started, starts) = oneshot::channel::<()>();
        let job = Box::pin(async move {
            started.send(()).ok();
            std::future::pending().await
        });
        let task = in_background(Work { job, permit });
        timeout(deadline, starts).await.ok();
        task.abort();
        timeout(deadline, task).await.ok();
        if connections.available_permits() != 1 {
            return Err("the job was aborted, its permit is still taken".into());
        }
        Ok(())
    })
}

/// Checks `start.rs`.
pub fn start() -> Result<(), String> {
    check(start::in_background)
}

/// Checks `solution.rs`.
pub fn solution() -> Result<(), String> {
    check(solution::in_background)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_wrong_answer_is_told_apart() {
        let early = |work: Work| {
            tokio::spawn(async move {
                drop(work.permit);
                work.job.await;
            })
        };
        assert_eq!(check(early), Err("the job runs without its permit".into()));

        let kept = |work: Work| {
            work.permit.forget();
            tokio::spawn(work.job)
        };
        assert_eq!(
            check(kept),
            Err("the job has ended, its permit is still taken".into())
        );

        let by_hand = |work: Work| {
            let connections = Arc::clone(work.permit.semaphore());
            work.permit.forget();
            tokio::spawn(async move {
                work.job.await;
                connections.add_permits(1);
            })
        };
        assert_eq!(
            check(by_hand),
            Err("the job was aborted, its permit is still taken".into())
        );

        let unstarted = |work: Work| tokio::spawn(async move { drop(work) });
        assert_eq!(check(unstarted), Err("the job never starts".into()));

        let endless = |work: Work| {
            tokio::spawn(async move {
                let work = work;
                work.job.await;
                std::future::pending().await
            })
        };
        assert_eq!(check(endless), Err("the job's task does not end".into()));
    }
}
