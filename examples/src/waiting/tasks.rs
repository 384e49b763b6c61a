//! The rows of the waiting table that wait for tasks without owning them.

use std::collections::VecDeque;
use std::convert::Infallible;

use tokio::sync::mpsc::{self, Receiver, Sender, WeakSender};
use tokio::task::JoinHandle;
use tokio_util::task::TaskTracker;

use super::job::Receipt;
use super::job::Work;
use super::waits::{Heard, Waits};

/// Handles that are awaited one after the other.
pub struct Handles(VecDeque<JoinHandle<Receipt>>);

impl Waits for Handles {
    const NAME: &'static str = "[`JoinHandle`], one by one";

    fn of(jobs: Vec<Work>) -> Self {
        Self(jobs.into_iter().map(tokio::spawn).collect())
    }

    async fn wait(&mut self, all: &mut Vec<Heard>) {
        while let Some(handle) = self.0.front_mut() {
            all.push(Heard::of(handle.await));
            self.0.pop_front();
        }
    }

    fn add(&mut self, late: Work) -> Option<bool> {
        self.0.push_back(tokio::spawn(late));
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
