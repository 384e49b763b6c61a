//! Retries in place, with the clock stopped: it moves only where the subscriber waits.

use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use tokio::time::Instant;

use super::super::commands::Poison;
use super::super::data::{Data, Stores, Wanted};
use super::super::event::LIMIT;
use super::super::keep::{Embedded, Keep};
use super::super::log::embedded::EmbeddedLog;
use super::super::reconcile::reconcile;
use super::super::relay::relay;
use super::super::retry::Retry;
use super::super::run::caught_up;
use super::super::views::{Rule, at_most};
use super::*;

const SECOND: Duration = Duration::from_secs(1);

/// Five trades in one partition, published.
async fn published(dir: &tempfile::TempDir, poison: u32, rule: Rule) -> Stores<EmbeddedLog> {
    let wanted = Wanted {
        accounts: Some(5),
        partitions: Some(1),
        poison: Some(poison),
        ..Wanted::default()
    };
    let data = Data::new(dir.path());
    let stores = Embedded
        .stores(&data, wanted, rule)
        .await
        .expect("it opens");
    let setup = stores.commands.setup();
    let trades = (1..=5).map(|id| setup.trade(id)).collect();
    stores.commands.submit(trades).await.expect("it stores");
    let (last, stop) = (CancellationToken::new(), CancellationToken::new());
    last.cancel();
    let metrics = Metrics::default();
    let Stores { commands, log, .. } = &stores;
    let published = relay(commands, log, Pace::default(), &metrics, &last, &stop);
    published.await.expect("it publishes");
    stores
}

/// Subscribes until everything is applied or given up.
async fn apply_all(stores: &Stores<EmbeddedLog>, metrics: &Metrics) {
    let retry = Retry {
        attempts: 4,
        backoff: SECOND,
        longest: 3 * SECOND,
    };
    let pace = Pace { batch: 64, retry };
    let stop = CancellationToken::new();
    let ends = stores.log.ends().await.expect("it knows its ends");
    let subscriber = subscribe(&stores.log, stores.views.clone(), pace, metrics, &stop);
    let done = async {
        caught_up(&stores.views, &ends).await;
        stop.cancel();
    };
    let (ended, ()) = tokio::join!(subscriber, done);
    ended.expect("it applies");
}

#[tokio::test(start_paused = true)]
async fn what_is_refused_is_tried_in_place_and_waits_longer_each_time() {
    let dir = tempfile::tempdir().expect("a directory");
    let (order, limit) = (Arc::new(Mutex::new(Vec::new())), at_most(LIMIT));
    let seen = order.clone();
    let rule: Rule = Arc::new(move |event| {
        seen.lock().push(event.trade);
        limit(event)
    });
    let stores = published(&dir, 2, rule).await;
    assert_eq!(stores.commands.setup().poison(4), Some(Poison::Amount));
    let (metrics, begun) = (Metrics::default(), Instant::now());
    apply_all(&stores, &metrics).await;

    // Each side of trade 4 is tried four times, with 1 + 2 + 3 seconds in between.
    assert_eq!(begun.elapsed(), 12 * SECOND);
    assert_eq!(metrics.retries.get(), 6);
    let (first, rest) = ([1, 1, 2, 3, 3], [4, 4, 4, 4, 4, 4, 4, 4, 5, 5]);
    assert_eq!(
        *order.lock(),
        [&first[..], &rest].concat(),
        "the order is kept"
    );

    let letters = stores.views.snapshot().await.expect("it reads").letters;
    let tries: Vec<_> = letters.iter().map(|letter| letter.tries).collect();
    assert_eq!(tries, [0, 4, 4], "what cannot be read is not tried");
    let Stores {
        commands,
        log,
        views,
    } = &stores;
    let report = reconcile(commands, log, views).await.expect("it reads");
    assert_eq!(report.differences, []);
    assert_eq!(
        (report.written, report.applied(), report.waiting),
        (10, 7, 3)
    );
    stores.close().await.expect("it closes");
}

#[tokio::test(start_paused = true)]
async fn what_is_refused_once_is_applied_in_its_place() {
    let dir = tempfile::tempdir().expect("a directory");
    let order = Arc::new(Mutex::new(Vec::new()));
    let seen = order.clone();
    let rule: Rule = Arc::new(move |event| {
        let mut seen = seen.lock();
        seen.push(event.trade);
        match seen.len() {
            3 => Err("the rates are not there".into()),
            _ => Ok(()),
        }
    });
    let stores = published(&dir, 0, rule).await;
    let (metrics, begun) = (Metrics::default(), Instant::now());
    apply_all(&stores, &metrics).await;
    assert_eq!(begun.elapsed(), SECOND);
    assert_eq!(*order.lock(), [1, 1, 2, 2, 2, 3, 3, 4, 4, 5, 5]);
    assert_eq!((metrics.applied.get(), metrics.dead.get()), (10, 0));
    stores.close().await.expect("it closes");
}
