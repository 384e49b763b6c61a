//! The rows of the waiting table that spawn nothing: the waiter polls its jobs itself.

use futures::future::{BoxFuture, FutureExt, JoinAll, join_all};
use futures::stream::{FuturesUnordered, StreamExt};

use super::job::{Receipt, Work};
use super::waits::{Heard, Waits};

pub struct All(Option<JoinAll<Work>>);

impl Waits for All {
    const NAME: &'static str = "[`join_all`] of futures";

    fn of(jobs: Vec<Work>) -> Self {
        Self(Some(join_all(jobs)))
    }

    async fn wait(&mut self, heard: &mut Vec<Heard>) {
        if let Some(all) = self.0.take() {
            let receipts = all.await;
            heard.extend(receipts.iter().map(|receipt| Heard::Result(receipt.id)));
        }
    }

    fn add(&mut self, _: Work) -> Option<bool> {
        None
    }
}

pub struct Unordered(FuturesUnordered<Work>);

impl Waits for Unordered {
    const NAME: &'static str = "[`FuturesUnordered`]";

    fn of(jobs: Vec<Work>) -> Self {
        Self(jobs.into_iter().collect())
    }

    async fn wait(&mut self, heard: &mut Vec<Heard>) {
        while let Some(receipt) = self.0.next().await {
            heard.push(Heard::Result(receipt.id));
        }
    }

    fn add(&mut self, late: Work) -> Option<bool> {
        self.0.push(late);
        Some(true)
    }
}

/// `try_join!` of three jobs; where there are fewer, the rest is ready.
pub struct TryJoin(Option<BoxFuture<'static, Vec<Receipt>>>);

impl Waits for TryJoin {
    const NAME: &'static str = "[`try_join!`]";

    fn of(jobs: Vec<Work>) -> Self {
        async fn run(job: Option<Work>) -> Result<Option<Receipt>, ()> {
            match job {
                Some(job) => Ok(Some(job.await)),
                None => Ok(None),
            }
        }
        let mut jobs = jobs.into_iter();
        let [first, second, third] = [jobs.next(), jobs.next(), jobs.next()];
        let joined = async move {
            let joined = tokio::try_join!(run(first), run(second), run(third));
            let (first, second, third) = joined.expect("a job returns no error");
            [first, second, third].into_iter().flatten().collect()
        };
        Self(Some(joined.boxed()))
    }

    async fn wait(&mut self, heard: &mut Vec<Heard>) {
        if let Some(joined) = self.0.take() {
            let receipts = joined.await;
            heard.extend(receipts.iter().map(|receipt| Heard::Result(receipt.id)));
        }
    }

    fn add(&mut self, _: Work) -> Option<bool> {
        None
    }
}
