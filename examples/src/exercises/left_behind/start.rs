//! The job must hold its permit until it ends. Here it does not. Mend it.

use tokio::sync::OwnedSemaphorePermit as Permit;
use tokio::task::JoinHandle;

/// Runs `job` as a task that holds a connection permit until it ends.
pub fn in_background<J>(permit: Permit, job: J) -> JoinHandle<()>
where
    J: Future<Output = ()> + Send + 'static,
{
    tokio::spawn(async move {
        let _ = permit; // one permit for each running job
        job.await;
    })
}
