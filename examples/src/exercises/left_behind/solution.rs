//! The job holds its permit until it ends: the task owns it, in a variable.

use tokio::sync::OwnedSemaphorePermit as Permit;
use tokio::task::JoinHandle;

/// Runs `job` as a task that holds a connection permit until it ends.
// ANCHOR: solution
pub fn in_background<J>(permit: Permit, job: J) -> JoinHandle<()>
where
    J: Future<Output = ()> + Send + 'static,
{
    tokio::spawn(async move {
        let _permit = permit; // the block owns it until it ends
        job.await;
    })
}
// ANCHOR_END: solution
