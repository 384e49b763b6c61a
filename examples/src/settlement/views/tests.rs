//! Once, whatever comes; and both or neither.

use tempfile::TempDir;

use super::super::event::{Kind, LIMIT, VERSION};
use super::*;

fn event(account: u32, number: u64, gain: i64) -> Event {
    Event {
        version: VERSION,
        account,
        number,
        trade: number,
        kind: if gain < 0 { Kind::Debit } else { Kind::Credit },
        cents: gain.abs(),
    }
}

fn record(offset: u64, event: &Event) -> Record {
    let new = event.record(1);
    Record {
        partition: 0,
        offset,
        key: new.key,
        value: new.value,
    }
}

fn batch(records: impl IntoIterator<Item = Record>) -> Batch {
    Batch {
        records: records.into_iter().collect(),
        ..Batch::default()
    }
}

fn open(dir: &TempDir) -> Views {
    let place = Place::new(dir.path().join("views.db"));
    Views::open(&place, at_most(LIMIT)).expect("it opens")
}

async fn cents(views: &Views, account: u32) -> i64 {
    views.snapshot().await.expect("it reads").accounts[&account].cents
}

#[tokio::test]
async fn a_record_that_comes_again_changes_nothing() {
    let dir = tempfile::tempdir().expect("a directory");
    let views = open(&dir);
    let stream = [record(0, &event(1, 1, 100)), record(1, &event(1, 2, -30))];
    let applied = views
        .apply(batch(stream.clone()))
        .await
        .expect("it applies");
    assert_eq!((applied.applied, applied.redelivered), (2, 0));
    let applied = views.apply(batch(stream)).await.expect("it applies");
    assert_eq!((applied.applied, applied.redelivered), (0, 2));
    assert_eq!(cents(&views, 1).await, 70);
    assert_eq!(views.position(0).await.expect("it reads"), 2);
}

#[tokio::test]
async fn a_second_copy_at_another_offset_changes_nothing() {
    let dir = tempfile::tempdir().expect("a directory");
    let views = open(&dir);
    let (one, two) = (event(1, 1, 100), event(1, 2, -30));
    let stream = [(0, &one), (1, &two), (2, &one), (3, &two)];
    let stream = stream.map(|(offset, event)| record(offset, event));
    let applied = views.apply(batch(stream)).await.expect("it applies");
    assert_eq!((applied.applied, applied.copies), (2, 2));
    assert_eq!(cents(&views, 1).await, 70);
}

#[tokio::test]
async fn a_hole_is_asked_for_until_the_log_repeats_it() {
    let dir = tempfile::tempdir().expect("a directory");
    let views = open(&dir);
    let early = batch([record(5, &event(1, 1, 100))]);
    let applied = views.apply(early.clone()).await.expect("it applies");
    assert_eq!((applied.applied, applied.holes), (0, [(0, 0)].into()));
    let sure = Batch {
        sought: [(0, 0)].into(),
        ..early
    };
    let applied = views.apply(sure).await.expect("it applies");
    assert_eq!(applied.applied, 1);
    assert_eq!(views.position(0).await.expect("it reads"), 6);
}

#[tokio::test]
async fn a_missing_event_stops_everything_and_stores_nothing() {
    let dir = tempfile::tempdir().expect("a directory");
    let views = open(&dir);
    let stream = [record(0, &event(1, 1, 100)), record(1, &event(1, 3, -30))];
    let missing = views
        .apply(batch(stream))
        .await
        .expect_err("event 2 is missing");
    assert_eq!(
        missing.to_string(),
        "event 3 of account 1 is at offset 1 of partition 0, but number 2 is not there: \
         run `settlement reconcile`"
    );
    assert_eq!(views.position(0).await.expect("it reads"), 0);
    assert!(
        views
            .snapshot()
            .await
            .expect("it reads")
            .accounts
            .is_empty()
    );
}

#[tokio::test]
async fn what_is_refused_holds_up_its_partition_and_no_other() {
    let dir = tempfile::tempdir().expect("a directory");
    let views = open(&dir);
    let mut other = record(0, &event(2, 1, 7));
    other.partition = 1;
    let stream = [
        record(0, &event(1, 1, LIMIT + 1)),
        record(1, &event(3, 1, 5)),
        other,
    ];
    let mut stream = batch(stream);
    let applied = views.apply(stream.clone()).await.expect("it applies");
    assert_eq!(applied.applied, 1);
    assert_eq!(applied.refused[0].0, (0, 0));
    assert_eq!(applied.rest, stream.records[..2]);

    stream.records = applied.rest.into();
    stream.dead.insert((0, 0), ("too much".into(), 5));
    let applied = views.apply(stream).await.expect("it applies");
    assert_eq!((applied.applied, applied.dead), (1, 1));
    let snapshot = views.snapshot().await.expect("it reads");
    assert_eq!(snapshot.letters[0].reason, "too much");
    let passed = Balance {
        cents: 0,
        number: 1,
    };
    assert_eq!(snapshot.accounts[&1], passed, "the order goes on behind it");
}

#[tokio::test]
async fn a_dead_letter_is_applied_once_or_dropped_for_good() {
    let dir = tempfile::tempdir().expect("a directory");
    let views = open(&dir);
    let mut stream = batch([
        record(0, &event(1, 1, LIMIT + 1)),
        record(1, &event(2, 1, LIMIT + 2)),
    ]);
    for offset in 0..2 {
        stream.dead.insert((0, offset), ("too much".into(), 5));
    }
    views.apply(stream.clone()).await.expect("it applies");
    let refused = views.retry(1).await.expect_err("it is still too much");
    assert!(matches!(refused, NoLetter::Refused { id: 1, .. }));
    views.drop_letter(2).await.expect("it drops");
    views
        .drop_letter(2)
        .await
        .expect_err("it is dropped already");
    views.close().await;

    let place = Place::new(dir.path().join("views.db"));
    let views = Views::open(&place, at_most(2 * LIMIT)).expect("it opens");
    views.retry(1).await.expect("it is not too much now");
    views.retry(1).await.expect_err("it is applied already");
    views.retry(2).await.expect_err("it was dropped");
    assert_eq!(cents(&views, 1).await, LIMIT + 1);
    assert_eq!(cents(&views, 2).await, 0);

    // Made again from the log, what was dropped stays so.
    views.clear().await.expect("it clears");
    stream.dead.clear();
    views.apply(stream).await.expect("it applies");
    assert_eq!(cents(&views, 1).await, LIMIT + 1);
    assert_eq!(cents(&views, 2).await, 0);
}
