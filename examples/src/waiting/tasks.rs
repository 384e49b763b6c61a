//! The rows of the waiting table that spawn tasks.

use std::collections::VecDeque;
use std::convert::Infallible;

use tokio::sync::mpsc::{self, Receiver, Sender, WeakSender};
use tokio::task::{JoinError, JoinHandle, JoinSet};
use tokio_util::task::{JoinMap, JoinQueue, TaskTracker};

use super::job::{Receipt, Work};
use super::probes::{Heard, Waits};

fn heard(joined: Result<Receipt, JoinError>) -> Heard {
    match joined {
        Ok(receipt) => Heard::Result(receipt.id),
        Err(error) if error.is_panic() => Heard::Panic,
        Err(error) => panic!("nobody aborts a job: {error}"),
    }
}

/// Handles that are awaited one after the other.
pub struct Handles(VecDeque<JoinHandle<Receipt>>);

impl Waits for Handles {
    const NAME: &'static str = "[`JoinHandle`]s, awaited in turn";

    fn of(jobs: Vec<Work>) -> Self {
        Self(jobs.into_iter().map(tokio::spawn).collect())
    }

    async fn wait(&mut self, all: &mut Vec<Heard>) {
        while let Some(handle) = self.0.front_mut() {
            all.push(heard(handle.await));
            self.0.pop_front();
        }
    }

    fn add(&mut self, late: Work) -> Option<bool> {
        self.0.push_back(tokio::spawn(late));
        Some(true)
    }
}

pub struct Set(JoinSet<Receipt>);

impl Waits for Set {
    const NAME: &'static str = "[`JoinSet`]";

    fn of(jobs: Vec<Work>) -> Self {
        Self(jobs.into_iter().collect())
    }

    async fn wait(&mut self, all: &mut Vec<Heard>) {
        while let Some(joined) = self.0.join_next().await {
            all.push(heard(joined));
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
    const NAME: &'static str = "[`JoinSet::join_all`]";

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
            all.push(heard(joined));
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
            all.push(heard(joined));
        }
    }

    fn add(&mut self, late: Work) -> Option<bool> {
        self.0.spawn(late);
        Some(true)
    }
}

pub struct Tracker(TaskTracker);

impl Waits for Tracker {
    const NAME: &'static str = "[`TaskTracker`], closed";

    fn of(jobs: Vec<Work>) -> Self {
        let tracker = TaskTracker::new();
        for job in jobs {
            tracker.spawn(job);
        }
        Self(tracker)
    }

    async fn wait(&mut self, _: &mut Vec<Heard>) {
        self.0.close();
        self.0.wait().await;
    }

    fn add(&mut self, late: Work) -> Option<bool> {
        self.0.spawn(late);
        Some(true)
    }
}

/// Every task holds a sender; nothing is ever sent. The wait drops the sender of its own first.
pub struct LastSender {
    own: Option<Sender<Infallible>>,
    others: WeakSender<Infallible>,
    ended: Receiver<Infallible>,
}

impl Waits for LastSender {
    const NAME: &'static str = "[last `mpsc` sender]";

    fn of(jobs: Vec<Work>) -> Self {
        let (own, ended) = mpsc::channel(1);
        let others = own.downgrade();
        let mut last = Self {
            own: Some(own),
            others,
            ended,
        };
        for job in jobs {
            last.add(job);
        }
        last
    }

    async fn wait(&mut self, _: &mut Vec<Heard>) {
        self.own = None;
        if let Some(sent) = self.ended.recv().await {
            match sent {}
        }
    }

    fn add(&mut self, late: Work) -> Option<bool> {
        let Some(running) = self.others.upgrade() else {
            return Some(false);
        };
        tokio::spawn(async move {
            let _running = running;
            late.await
        });
        Some(true)
    }
}
