//! Every difference has a name, and a repair.

use rusqlite::Connection;
use std::path::Path;

use super::super::data::{Data, Stores, Wanted};
use super::super::event::LIMIT;
use super::super::keep::{Embedded, Keep};
use super::super::log::embedded::{EmbeddedLog, EmbeddedMember};
use super::super::log::{NewRecord, Record};
use super::super::metrics::Metrics;
use super::super::relay::relay;
use super::super::repair::repair;
use super::super::retry::Pace;
use super::super::run::{Plan, tests::run};
use super::super::views::at_most;
use super::*;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// A settlement of 50 trades, closed.
async fn settled(data: &Data) {
    let wanted = Wanted {
        accounts: Some(5),
        partitions: Some(2),
        ..Wanted::default()
    };
    let stores = Embedded
        .stores(data, wanted, at_most(LIMIT))
        .await
        .expect("it opens");
    let plan = Plan {
        trades: Some(50),
        ..Plan::default()
    };
    let (metrics, stop) = Default::default();
    run(stores.clone(), plan, metrics, stop)
        .await
        .expect("it runs");
    stores.close().await.expect("it closes");
}

fn sql(dir: &Path, file: &str, sql: &str) {
    let connection = Connection::open(dir.join(file)).expect("it opens");
    connection.execute_batch(sql).expect("it is SQL");
}

async fn differences(stores: &Stores<EmbeddedLog>) -> Vec<String> {
    let report = reconcile(&stores.commands, &stores.log, &stores.views).await;
    let differences = report.expect("it reads").differences;
    differences.iter().map(ToString::to_string).collect()
}

#[tokio::test]
async fn a_view_that_was_changed_is_named_and_made_again() {
    let dir = tempfile::tempdir().expect("a directory");
    let data = Data::new(dir.path());
    settled(&data).await;
    sql(
        dir.path(),
        "views.db",
        "UPDATE accounts SET cents = 1 WHERE account = 3",
    );
    let stores = Embedded
        .stores(&data, Wanted::default(), at_most(LIMIT))
        .await
        .expect("it opens");
    let found = differences(&stores).await;
    assert_eq!(found.len(), 3, "{found:?}");
    assert!(
        found[0].starts_with("account 3: the view has 0.01 after event"),
        "{found:?}"
    );
    assert!(found[1].starts_with("account 3: the view has 0.01, the commands say"));
    assert!(found[2].starts_with("all accounts add up to"));
    stores.close().await.expect("it closes");

    let stores = repair(&Embedded, &data, at_most(LIMIT), |_| ())
        .await
        .expect("it repairs");
    assert_eq!(differences(&stores).await, [""; 0]);
    stores.close().await.expect("it closes");
}

#[tokio::test]
async fn a_record_that_was_changed_is_refused_with_its_offset_and_made_again() {
    let dir = tempfile::tempdir().expect("a directory");
    let data = Data::new(dir.path());
    settled(&data).await;
    let change =
        "UPDATE partition_0 SET value = CAST(replace(value, '\"account\":2', '\"account\":4') AS BLOB)
        WHERE offset = (
            SELECT min(offset) FROM partition_0 WHERE value LIKE '%\"account\":2%')";
    sql(dir.path(), "log.db", change);
    let stores = Embedded
        .stores(&data, Wanted::default(), at_most(LIMIT))
        .await
        .expect("it opens");
    let damaged = reconcile(&stores.commands, &stores.log, &stores.views).await;
    let damaged = damaged.expect_err("it is damaged").to_string();
    assert!(
        damaged.starts_with("log.db is damaged in partition 0 at offset "),
        "{damaged}"
    );
    assert!(damaged.ends_with(": the record has changed"), "{damaged}");
    stores.close().await.expect("it closes");

    let mut said = Vec::new();
    let stores = repair(&Embedded, &data, at_most(LIMIT), |line| said.push(line)).await;
    let stores = stores.expect("it repairs");
    assert_eq!(differences(&stores).await, [""; 0]);
    assert_eq!(said.len(), 3, "{said:?}");
    assert!(dir.path().join("log.db.damaged-1").exists());
    stores.close().await.expect("it closes");
}

#[tokio::test]
async fn a_log_that_is_gone_is_refused() {
    let dir = tempfile::tempdir().expect("a directory");
    let data = Data::new(dir.path());
    settled(&data).await;
    std::fs::remove_file(dir.path().join("log.db")).expect("it was there");
    let stores = Embedded
        .stores(&data, Wanted::default(), at_most(LIMIT))
        .await
        .expect("it opens");
    let metrics = Arc::<Metrics>::default();
    let refused = run(stores.clone(), Plan::default(), metrics, Default::default()).await;
    let refused = refused.expect_err("the log is empty").to_string();
    assert!(
        refused.contains("is damaged in partition 0 at offset 0: it ends here"),
        "{refused}"
    );
    stores.close().await.expect("it closes");
}

/// A log that gets a trade more whenever somebody reads it.
#[derive(Clone)]
struct Busy {
    log: EmbeddedLog,
    commands: Commands,
}

impl Busy {
    async fn trade(&self) {
        let setup = self.commands.setup();
        let next = self.commands.progress().borrow().trades + 1;
        let submitted = self.commands.submit(vec![setup.trade(next)]).await;
        submitted.expect("it is stored");
        let (last, stop) = (CancellationToken::new(), CancellationToken::new());
        last.cancel(); // nothing more comes
        let (pace, metrics) = (Pace::default(), Metrics::default());
        let published = relay(&self.commands, &self.log, pace, &metrics, &last, &stop).await;
        published.expect("it is published");
    }
}

impl EventLog for Busy {
    type Member = EmbeddedMember;

    fn partitions(&self) -> u32 {
        self.log.partitions()
    }

    async fn append(&self, batch: Arc<[NewRecord]>) -> Result<Positions, LogError> {
        self.log.append(batch).await
    }

    async fn ends(&self) -> Result<Positions, LogError> {
        self.trade().await;
        let ends = self.log.ends().await;
        self.trade().await;
        ends
    }

    async fn read(&self, partition: u32, from: u64, max: usize) -> Result<Vec<Record>, LogError> {
        self.trade().await;
        self.log.read(partition, from, max).await
    }

    async fn join(&self, group: &str) -> Result<EmbeddedMember, LogError> {
        self.log.join(group).await
    }

    async fn close(self) -> Result<(), LogError> {
        self.log.close().await
    }
}

#[tokio::test]
async fn what_others_write_meanwhile_is_no_difference() {
    let dir = tempfile::tempdir().expect("a directory");
    let data = Data::new(dir.path());
    settled(&data).await;
    let stores = Embedded
        .stores(&data, Wanted::default(), at_most(LIMIT))
        .await
        .expect("it opens");
    let busy = Busy {
        log: stores.log.clone(),
        commands: stores.commands.clone(),
    };
    let report = reconcile(&stores.commands, &busy, &stores.views).await;
    let report = report.expect("it reads");
    assert_eq!(report.differences, []);
    assert!(report.written > 100, "it was written meanwhile");
    drop(busy);
    stores.close().await.expect("it closes");
}
