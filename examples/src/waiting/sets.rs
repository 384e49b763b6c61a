//! The rows of the waiting table that own their tasks: they abort them when they are dropped.

use tokio::task::JoinSet;
use tokio_util::task::{JoinMap, JoinQueue};

use super::job::{Receipt, Work};
use super::waits::{Heard, Waits};

pub struct Set(JoinSet<Receipt>);

impl Waits for Set {
    const NAME: &'static str = "[`JoinSet`]";

    fn of(jobs: Vec<Work>) -> Self {
        Self(jobs.into_iter().collect())
    }

    async fn wait(&mut self, all: &mut Vec<Heard>) {
        while let Some(joined) = self.0.join_next().await {
            all.push(Heard::of(joined));
        }
    }

    fn add(&mut self, late: Work) -> Option<bool> {
        self.0.spawn(late);
        Some(true)
    }
}

/// `join_all` takes the set: the wait owns it from then on.
pub struct WholeSet(Option<JoinSet<Receipt>>);

impl Waits for WholeSet {
    const NAME: &'static str = "[`join_all`][set] of a `JoinSet`";

    fn of(jobs: Vec<Work>) -> Self {
        Self(Some(jobs.into_iter().collect()))
    }

    async fn wait(&mut self, all: &mut Vec<Heard>) {
        if let Some(set) = self.0.take() {
            let receipts = set.join_all().await;
            all.extend(receipts.iter().map(|receipt| Heard::Result(receipt.id)));
        }
    }

    fn add(&mut self, _: Work) -> Option<bool> {
        None
    }
}

/// The keys are consecutive numbers.
pub struct Map(JoinMap<usize, Receipt>, usize);

impl Waits for Map {
    const NAME: &'static str = "[`JoinMap`]";

    fn of(jobs: Vec<Work>) -> Self {
        let mut map = Self(JoinMap::new(), 0);
        for job in jobs {
            map.add(job);
        }
        map
    }

    async fn wait(&mut self, all: &mut Vec<Heard>) {
        while let Some((_key, joined)) = self.0.join_next().await {
            all.push(Heard::of(joined));
        }
    }

    fn add(&mut self, late: Work) -> Option<bool> {
        self.0.spawn(self.1, late);
        self.1 += 1;
        Some(true)
    }
}

pub struct Queue(JoinQueue<Receipt>);

impl Waits for Queue {
    const NAME: &'static str = "[`JoinQueue`]";

    fn of(jobs: Vec<Work>) -> Self {
        Self(jobs.into_iter().collect())
    }

    async fn wait(&mut self, all: &mut Vec<Heard>) {
        while let Some(joined) = self.0.join_next().await {
            all.push(Heard::of(joined));
        }
    }

    fn add(&mut self, late: Work) -> Option<bool> {
        self.0.spawn(late);
        Some(true)
    }
}
