//! The task owns all of `work`, and so the permit, until the job ends.

use tokio::task::JoinHandle;

use super::Work;

// ANCHOR: solution
pub fn in_background(work: Work) -> JoinHandle<()> {
    tokio::spawn(async move {
        let work = work;
        work.job.await;
    })
}
// ANCHOR_END: solution
