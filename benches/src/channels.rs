//! Messages: there and back, one way, with a reply; between tasks, threads, jobs of the blocking
//! pool. And what `select!` pays for being fair. `go/channels.go` has the counterparts.

use std::cell::Cell;
use std::future::ready;
use std::hint::black_box;
use std::sync::mpsc::sync_channel;
use std::thread;

use anyhow::Result;
use tokio::runtime::Runtime;
use tokio::select;
use tokio::sync::{mpsc, oneshot};

use crate::Round;
use crate::clock::{self, Sample};
use crate::tasks::on;

pub fn measure(name: &str, round: &Round) -> Result<Option<Sample>> {
    let runtime = round.runtime()?;
    let parks = Cell::new(0.0);
    let measure = |run: &dyn Fn(u64)| {
        clock::measure(round.lasts, |n| {
            let before = parked(&runtime);
            run(n);
            parks.set((parked(&runtime) - before) as f64 / n as f64);
        })
    };
    let mut sample = match name {
        "ping-pong" => measure(&|n| on(&runtime, ping_pong(n))),
        "reply" => measure(&|n| on(&runtime, reply(n))),
        "stream" => measure(&|n| on(&runtime, stream(n))),
        "select" => measure(&|n| on(&runtime, fair(n))),
        "select-biased" => measure(&|n| on(&runtime, biased(n))),
        "thread-ping-pong" => measure(&|n| {
            thread::scope(|scope| threads(n, |other_end| drop(scope.spawn(other_end))));
        }),
        "blocking-ping-pong" => measure(&|n| {
            threads(n, |other_end| drop(runtime.spawn_blocking(other_end)));
        }),
        _ => return Ok(None),
    };
    sample.insert("parks", parks.get());
    Ok(Some(sample))
}

/// How often a worker found nothing to do, and slept.
fn parked(runtime: &Runtime) -> u64 {
    let metrics = runtime.metrics();
    (0..metrics.num_workers())
        .map(|worker| metrics.worker_park_count(worker))
        .sum()
}

async fn ping_pong(n: u64) {
    let (request, mut requests) = mpsc::channel(1);
    let (reply, mut replies) = mpsc::channel(1);
    let other_end = tokio::spawn(async move {
        while let Some(order) = requests.recv().await {
            reply.send(order).await.expect("the caller waits");
        }
    });
    for order in 0..n {
        request.send(order).await.expect("the other end replies");
        replies.recv().await.expect("the other end replies");
    }
    drop(request);
    other_end.await.expect("it does not panic");
}

/// Each request carries the channel for its reply.
async fn reply(n: u64) {
    let (request, mut requests) = mpsc::channel::<(u64, oneshot::Sender<u64>)>(1);
    let other_end = tokio::spawn(async move {
        while let Some((order, reply)) = requests.recv().await {
            reply.send(order).expect("the caller waits");
        }
    });
    for order in 0..n {
        let (reply, replied) = oneshot::channel();
        request
            .send((order, reply))
            .await
            .expect("the other end replies");
        replied.await.expect("the other end replies");
    }
    drop(request);
    other_end.await.expect("it does not panic");
}

async fn stream(n: u64) {
    let (sender, mut orders) = mpsc::channel(100);
    let sum = tokio::spawn(async move {
        let mut sum = 0;
        while let Some(order) = orders.recv().await {
            sum += order;
        }
        sum
    });
    for order in 0..n {
        sender.send(order).await.expect("the other end receives");
    }
    drop(sender);
    black_box(sum.await.expect("it does not panic"));
}

async fn fair(n: u64) {
    for order in 0..n {
        let order = black_box(order);
        black_box(select! {
            order = ready(order) => order,
            order = ready(order + 1) => order,
        });
    }
}

async fn biased(n: u64) {
    for order in 0..n {
        let order = black_box(order);
        black_box(select! {
            biased;
            order = ready(order) => order,
            order = ready(order + 1) => order,
        });
    }
}

/// Between this thread and the one that `spawn` starts.
fn threads(n: u64, spawn: impl FnOnce(Box<dyn FnOnce() + Send>)) {
    let (request, requests) = sync_channel(1);
    let (reply, replies) = sync_channel(1);
    spawn(Box::new(move || {
        for order in requests {
            reply.send(order).expect("the caller waits");
        }
    }));
    for order in 0..n {
        request.send(order).expect("the other end replies");
        replies.recv().expect("the other end replies");
    }
}
