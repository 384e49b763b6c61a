//! The settlement on a real broker: the one that `KAFKA_BROKERS` names, or a `nisshi` that this
//! starts itself. Without either, the checks are skipped.
//!
//! ```text
//! docker compose up -d --wait
//! KAFKA_BROKERS=127.0.0.1:9092 cargo test -p companion --features kafka --test settlement_kafka
//! ```

mod kafka;

use std::sync::Arc;

use companion::settlement::log::LogError;
use companion::settlement::log::contract::{Maker, hold};
use companion::settlement::log::kafka::{Cluster, KafkaLog};
use kafka::broker::{Broker, nisshi, on_this_machine};
use kafka::program::{Program, reconciled};
use libtest_mimic::{Arguments, Completion, Failed, Trial};

type Check = fn(&Broker);

const CHECKS: [(&str, Check); 3] = [
    ("the_log_keeps_the_contract", contract),
    ("a_topic_of_another_kind_is_refused", another_kind),
    ("programs_share_the_work_and_take_over", take_over),
];

fn main() {
    let args = Arguments::from_args();
    let broker = on_this_machine().map(Arc::new);
    let trial = |(name, check): (&str, Check)| {
        let broker = broker.clone();
        Trial::ignorable_test(name, move || run(&broker, check)).with_kind("kafka")
    };
    let mut checks: Vec<Trial> = CHECKS.into_iter().map(trial).collect();
    let name = "a_broker_that_is_killed_loses_nothing";
    // It has a broker of its own: the others go on with theirs.
    let killed = || run(&nisshi().map(Arc::new), killed_broker);
    checks.push(Trial::ignorable_test(name, killed).with_kind("kafka"));
    let done = libtest_mimic::run(&args, checks);
    // The last handle: the broker ends with it, and `exit` drops nothing.
    drop(broker);
    done.exit();
}

fn run(broker: &Result<Arc<Broker>, String>, check: Check) -> Result<Completion, Failed> {
    match broker {
        Ok(broker) => {
            check(broker);
            Ok(Completion::Completed)
        }
        Err(missing) => Ok(Completion::ignored_with(missing)),
    }
}

impl Maker for &Broker {
    type Log = KafkaLog;

    const PATIENCE: std::time::Duration = kafka::PATIENCE;

    async fn open(&self, name: &str, partitions: u32) -> KafkaLog {
        let log = KafkaLog::open(&self.cluster(name), partitions).await;
        log.expect("it opens")
    }
}

fn contract(broker: &Broker) {
    kafka::runtime().block_on(hold(&broker));
}

fn another_kind(broker: &Broker) {
    kafka::runtime().block_on(async {
        let cluster = broker.cluster("partitions");
        let log = KafkaLog::open(&cluster, 2).await.expect("it is new");
        log.keeps().await.expect("it forgets nothing");
        let other = KafkaLog::open(&cluster, 3).await.err();
        let wrong = matches!(other, Some(LogError::Partitions { has: 2, wanted: 3 }));
        assert!(wrong, "{other:?}");

        let nowhere = Cluster {
            // Nobody listens there: ports below 1024 are the system's.
            brokers: "127.0.0.1:1".into(),
            patience: std::time::Duration::from_millis(500),
            ..cluster
        };
        let error = KafkaLog::open(&nowhere, 2).await.err();
        let said = error.expect("there is no broker").to_string();
        assert!(said.contains("no broker answers at 127.0.0.1:1"), "{said}");
    });
}

/// One writes, another helps; the first is killed, the other takes over, a third helps, the second
/// is told to stop. Then nothing is missing.
fn take_over(broker: &Broker) {
    let dir = tempfile::tempdir().expect("a directory");
    let dir = dir.path();
    let start = || Program::start(broker, dir, "--for=10m");
    let helps = |line: &str| line.contains("shares its work");
    let writes = |line: &str| line.contains("this one writes now");
    let mut first = start();
    first.says("the first one has all partitions", |line| has(line, 4));
    first.says("it applies", applies);
    let mut second = start();
    second.says("the second one helps", helps);
    second.says("it has a share", |line| has(line, 2) && applies(line));
    first.kill();
    second.says("it takes over", writes);
    second.says("it has all partitions", |line| has(line, 4));
    let mut third = start();
    third.says("the third one helps", helps);
    third.says("it has a share", |line| has(line, 2) && applies(line));
    assert!(second.stop().success(), "it was told to stop");
    third.says("it takes over", writes);
    third.says("it has all partitions", |line| has(line, 4));
    assert!(third.stop().success(), "it was told to stop");

    reconciled(broker, dir);
}

/// The broker is killed in the middle of a run and comes back. The run goes on.
fn killed_broker(broker: &Broker) {
    let dir = tempfile::tempdir().expect("a directory");
    let dir = dir.path();
    let mut program = Program::start(broker, dir, "--for=10m");
    program.says("it applies", applies);
    broker.kill_and_start_again();
    let before = program.says("it says something", |line| line.contains("applied"));
    let more = move |line: &str| count(line) > count(&before);
    program.says("it goes on", more);
    assert!(program.stop().success(), "it was told to stop");
    reconciled(broker, dir);
}

/// How much a line of progress says is applied.
fn count(line: &str) -> u64 {
    let number = line.split(" applied").next().and_then(|n| n.parse().ok());
    number.unwrap_or(0)
}

fn applies(line: &str) -> bool {
    count(line) > 0
}

/// Whether a line of progress says that the program reads so many of its four partitions.
fn has(line: &str, partitions: u32) -> bool {
    line.contains(&format!(" {partitions} of 4 partitions"))
}
