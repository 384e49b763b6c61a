//! The end of a run: in order, in time, and with nothing lost.

use super::super::data::{Data, Wanted};
use super::super::event::LIMIT;
use super::super::keep::{Embedded, Keep};
use super::super::log::embedded::EmbeddedLog;
use super::super::reconcile::{Report, reconcile};
use super::super::retry::{Pace, Retry};
use super::super::views::{Rule, at_most};
use super::*;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use tempfile::TempDir;

/// A run that gets stuck is a test that fails.
pub async fn run<L: EventLog>(
    stores: Stores<L>,
    plan: Plan,
    metrics: Arc<Metrics>,
    stop: CancellationToken,
) -> Result<Ended, RunError> {
    let run = super::run(stores, plan, metrics, stop);
    let ended = timeout(Duration::from_secs(20), run).await;
    ended.expect("it does not get stuck")
}

async fn stores(dir: &TempDir, rule: Rule) -> Stores<EmbeddedLog> {
    let wanted = Wanted {
        accounts: Some(5),
        partitions: Some(1),
        ..Wanted::default()
    };
    let data = Data::new(dir.path());
    Embedded
        .stores(&data, wanted, rule)
        .await
        .expect("it opens")
}

fn plan(trades: u64) -> Plan {
    // Nobody has the time to wait for a retry.
    let retry = Retry {
        attempts: 2,
        backoff: Duration::from_secs(3600),
        longest: Duration::from_secs(3600),
    };
    Plan {
        trades: Some(trades),
        subscribers: 1,
        pace: Pace { batch: 64, retry },
        ..Plan::default()
    }
}

async fn report(stores: &Stores<EmbeddedLog>) -> Report {
    let report = reconcile(&stores.commands, &stores.log, &stores.views).await;
    let report = report.expect("it reads");
    assert_eq!(report.differences, []);
    report
}

#[tokio::test]
async fn a_stop_ends_the_wait_for_a_retry_and_the_next_run_goes_on() {
    let dir = tempfile::tempdir().expect("a directory");
    let (stop, tries) = (CancellationToken::new(), AtomicU32::new(0));
    let stops = stop.clone();
    let rule: Rule = Arc::new(move |_| {
        // The first run is stopped while its only subscriber waits for a second attempt.
        if tries.fetch_add(1, Relaxed) == 0 {
            stops.cancel();
            return Err("the rates are not there".into());
        }
        Ok(())
    });
    let stores = stores(&dir, rule).await;
    let ended = run(stores.clone(), plan(5), Arc::default(), stop).await;
    assert_eq!(ended.expect("it stops"), Ended::Stopped);
    assert_eq!(report(&stores).await.applied(), 0, "order is kept");

    let ended = run(
        stores.clone(),
        plan(5),
        Arc::default(),
        CancellationToken::new(),
    )
    .await;
    assert_eq!(ended.expect("it runs"), Ended::Finished);
    let report = report(&stores).await;
    assert_eq!((report.written, report.applied()), (10, 10));
    assert_eq!(
        stores
            .log
            .committed("settlement-views")
            .await
            .expect("it reads")[&0],
        10
    );
    stores.close().await.expect("it closes");
}

#[tokio::test]
async fn a_stop_that_takes_too_long_is_an_error_and_loses_nothing() {
    let dir = tempfile::tempdir().expect("a directory");
    let (stop, stuck) = (CancellationToken::new(), CancellationToken::new());
    let (stops, frees) = (stop.clone(), stuck.clone());
    let rule: Rule = Arc::new(move |_| {
        stops.cancel();
        // A disk that hangs.
        futures::executor::block_on(frees.cancelled());
        Ok(())
    });
    let stores = stores(&dir, rule).await;
    let hurried = Plan {
        stop_within: Duration::from_millis(50),
        ..plan(5)
    };
    let late = run(stores.clone(), hurried, Arc::default(), stop).await;
    let late = late.expect_err("it hangs");
    assert!(matches!(late, RunError::Late(_)), "{late}");

    stuck.cancel();
    run(
        stores.clone(),
        plan(5),
        Arc::default(),
        CancellationToken::new(),
    )
    .await
    .expect("it runs");
    assert_eq!(report(&stores).await.applied(), 10);
    stores.close().await.expect("it closes");
}

#[tokio::test]
async fn trades_come_for_as_long_as_they_should() {
    let dir = tempfile::tempdir().expect("a directory");
    let stores = stores(&dir, at_most(LIMIT)).await;
    let plan = Plan {
        trades: None,
        time: Some(Duration::ZERO),
        ..plan(0)
    };
    let ended = run(
        stores.clone(),
        plan,
        Arc::default(),
        CancellationToken::new(),
    )
    .await;
    assert_eq!(ended.expect("it runs"), Ended::Finished);
    let report = report(&stores).await;
    assert_eq!(report.pending(), 0);
    stores.close().await.expect("it closes");
}

#[tokio::test(flavor = "multi_thread")]
async fn it_reconciles_while_others_write() {
    let dir = tempfile::tempdir().expect("a directory");
    let (metrics, stop) = (Arc::<Metrics>::default(), CancellationToken::new());
    let (counted, stops) = (metrics.clone(), stop.clone());
    // Trades come until the books have balanced three times among them.
    let rule: Rule = Arc::new(move |_| {
        if counted.reconciled.get() >= 3 {
            stops.cancel();
        }
        Ok(())
    });
    let stores = stores(&dir, rule).await;
    let plan = Plan {
        trades: None,
        reconcile_every: Some(Duration::from_millis(1)),
        ..plan(0)
    };
    let ended = run(stores.clone(), plan, metrics, stop).await;
    assert_eq!(ended.expect("the books balance"), Ended::Stopped);
    stores.close().await.expect("it closes");
}

#[tokio::test]
async fn books_that_do_not_balance_stop_the_run() {
    let dir = tempfile::tempdir().expect("a directory");
    let stores = stores(&dir, at_most(LIMIT)).await;
    let (metrics, stop) = Default::default();
    let ended = run(stores.clone(), plan(5), metrics, stop).await;
    ended.expect("it runs");
    let views = rusqlite::Connection::open(dir.path().join("views.db")).expect("it opens");
    let mistake = "UPDATE accounts SET cents = cents + 1 WHERE account = 3";
    views.execute(mistake, []).expect("it is SQL");

    let plan = Plan {
        trades: None,
        reconcile_every: Some(Duration::from_millis(1)),
        ..plan(0)
    };
    let (metrics, stop) = Default::default();
    let found = run(stores.clone(), plan, metrics, stop).await;
    let found = found.expect_err("a cent too much").to_string();
    assert!(found.contains("DIFFERENCE: account 3: "), "{found}");
    stores.close().await.expect("it closes");
}

#[tokio::test]
async fn commands_that_lost_their_end_are_refused() {
    let dir = tempfile::tempdir().expect("a directory");
    let stores = stores(&dir, at_most(LIMIT)).await;
    let (metrics, stop) = Default::default();
    let ended = run(stores.clone(), plan(5), metrics, stop).await;
    ended.expect("it runs");
    let commands = rusqlite::Connection::open(dir.path().join("commands.db")).expect("it opens");
    // As a write-ahead log leaves it that was cut before the last trade.
    let cut = "UPDATE accounts SET number = number - 1
            WHERE account IN (SELECT account FROM outbox ORDER BY id DESC LIMIT 2);
        DELETE FROM outbox WHERE id > 8;
        DELETE FROM commands WHERE trade > 4;
        UPDATE acknowledged SET next = 8; UPDATE published SET last = 8;";
    commands.execute_batch(cut).expect("it is SQL");
    let (metrics, stop) = Default::default();
    let refused = run(stores.clone(), plan(9), metrics, stop).await;
    let refused = refused.expect_err("a trade is gone");
    assert!(matches!(refused, RunError::Unwritten(_)), "{refused}");
    stores.close().await.expect("it closes");
}
