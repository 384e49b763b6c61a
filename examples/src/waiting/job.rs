//! What the tools of the waiting table wait for: a job that ends when it is told to, and knows
//! what became of it.

use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};

use futures::future::{BoxFuture, FutureExt};
use tokio::sync::Semaphore;

/// The work of a job: a future that any runtime, and any thread, can run.
pub type Work = BoxFuture<'static, Receipt>;

/// What a job returns. Whoever keeps it is counted by [`Job::receipts`].
pub struct Receipt {
    pub id: u32,
    _counted: Arc<()>,
}

/// The handle of a job: opens its gate, and looks at it from outside.
pub struct Job {
    id: u32,
    fails: bool,
    gate: Arc<Semaphore>,
    finished: Arc<AtomicBool>,
    dropped: Arc<AtomicBool>,
    receipts: Arc<()>,
}

impl Job {
    /// A job that returns its receipt when its gate is opened.
    pub fn new(id: u32) -> Self {
        Self {
            id,
            fails: false,
            gate: Arc::new(Semaphore::new(0)),
            finished: Arc::default(),
            dropped: Arc::default(),
            receipts: Arc::default(),
        }
    }

    /// A job that panics when its gate is opened.
    pub fn failing(id: u32) -> Self {
        Self {
            fails: true,
            ..Self::new(id)
        }
    }

    /// The job itself, once. If it is dropped before its end, it is [dropped](Job::dropped), not
    /// finished.
    pub fn work(&self) -> Work {
        let (id, fails) = (self.id, self.fails);
        let (gate, finished) = (self.gate.clone(), self.finished.clone());
        let _counted = self.receipts.clone();
        let guard = Dropped(self.dropped.clone());
        async move {
            let _guard = guard;
            gate.acquire().await.expect("no gate is closed").forget();
            if fails {
                resume_unwind(Box::new("the job fails")); // no panic hook, no message
            }
            finished.store(true, SeqCst);
            Receipt { id, _counted }
        }
        .boxed()
    }

    /// Lets the job end.
    pub fn open(&self) {
        self.gate.add_permits(1);
    }

    /// Whether it has come to its end, and not panicked.
    pub fn finished(&self) -> bool {
        self.finished.load(SeqCst)
    }

    /// Whether its future is gone, after its end or before.
    pub fn dropped(&self) -> bool {
        self.dropped.load(SeqCst)
    }

    /// How many receipts of this job somebody keeps. A job that has not ended keeps its own.
    pub fn receipts(&self) -> usize {
        Arc::strong_count(&self.receipts) - 1
    }
}

/// Says so when it is dropped.
struct Dropped(Arc<AtomicBool>);

impl Drop for Dropped {
    fn drop(&mut self) {
        self.0.store(true, SeqCst);
    }
}
