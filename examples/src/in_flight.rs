//! The in-flight gauge: how many requests are being served right now.
//!
//! The smallest cleanup that matters in production: a gauge that is never decremented reports
//! load that is not there. Run it: `cargo run -q -p companion --bin in_flight`.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

/// Requests being served right now. Clones count together.
#[derive(Clone, Default)]
pub struct Gauge(Arc<AtomicUsize>);

// ANCHOR: guard
/// One request in flight: counted from here until it is dropped.
pub struct InFlight(Gauge);

impl Gauge {
    #[must_use = "the request is in flight until this is dropped"]
    pub fn enter(&self) -> InFlight {
        self.increment();
        InFlight(self.clone())
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.decrement();
    }
}
// ANCHOR_END: guard

impl Gauge {
    pub fn increment(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    pub fn decrement(&self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }

    #[must_use]
    pub fn read(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

/// Serves a request and counts it by hand.
///
/// Not cancel safe: if this future is dropped while the handler runs, the request stays counted.
pub async fn count_by_hand<H>(gauge: Gauge, handler: H)
where
    H: Future<Output = ()>,
{
    gauge.increment();
    handler.await;
    gauge.decrement();
}

/// Serves a request and counts it with a guard.
///
/// If this future is dropped while the handler runs, the guard is dropped with it.
// ANCHOR: count_by_guard
pub async fn count_by_guard<H>(gauge: Gauge, handler: H)
where
    H: Future<Output = ()>,
{
    let _in_flight = gauge.enter();
    handler.await;
}
// ANCHOR_END: count_by_guard

/// Serves `requests`, every third of which takes longer than its client waits, and returns what
/// the gauge reads when all of them are over.
///
/// # Panics
/// When `serve` panics.
pub async fn rush<F>(requests: u64, serve: impl Fn(Gauge, tokio::time::Sleep) -> F) -> usize
where
    F: Future<Output = ()> + Send + 'static,
{
    let gauge = Gauge::default();
    let mut clients = JoinSet::new();
    for request in 0..requests {
        let work = sleep(Duration::from_secs(if request % 3 == 0 { 60 } else { 1 }));
        // A client that hangs up drops the future of its request.
        clients.spawn(timeout(Duration::from_secs(5), serve(gauge.clone(), work)));
    }
    while let Some(client) = clients.join_next().await {
        // Hanging up is not an error here; a panic would be.
        drop(client.expect("serving does not panic"));
    }
    gauge.read()
}
