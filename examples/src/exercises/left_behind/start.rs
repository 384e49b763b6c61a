//! The job must hold its permit until it ends. Here it does not. Mend it.

use tokio::task::JoinHandle;

use super::Work;

/// Runs the job as a task that holds the connection permit until the job ends.
pub fn in_background(work: Work) -> JoinHandle<()> {
    tokio::spawn(async move {
        let job = work.job;
        job.await;
    })
}
