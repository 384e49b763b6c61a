//! The Kafka log keeps the contract, against the mock cluster that is part of librdkafka.

use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread;
use std::time::Duration;

use companion::settlement::log::contract::{Maker, hold};
use companion::settlement::log::kafka::{Cluster, KafkaLog};
use rdkafka::mocking::MockCluster;
use rdkafka::producer::DefaultProducerContext;

type Brokers = MockCluster<'static, DefaultProducerContext>;
type Job = Box<dyn FnOnce(&Brokers) + Send>;

/// A mock cluster on a thread of its own: it must not leave the one that made it.
struct Mock(SyncSender<Job>);

impl Mock {
    fn start() -> Mock {
        let (jobs, waiting) = sync_channel::<Job>(1);
        thread::spawn(move || {
            let brokers = MockCluster::new(1).expect("a mock cluster");
            for job in waiting {
                job(&brokers);
            }
        });
        Mock(jobs)
    }

    fn on<T: Send + 'static>(&self, work: impl FnOnce(&Brokers) -> T + Send + 'static) -> T {
        let (sender, done) = sync_channel(1);
        let job: Job = Box::new(move |brokers| sender.send(work(brokers)).expect("it waits"));
        self.0.send(job).expect("the thread is there");
        done.recv().expect("it answers")
    }

    fn cluster(&self, topic: &str, partitions: u32) -> Cluster {
        let count = i32::try_from(partitions).expect("a count");
        let name = topic.to_owned();
        let brokers = self.on(move |brokers| {
            // It is there already when a log is opened again.
            brokers.create_topic(&name, count, 1).ok();
            brokers.bootstrap_servers()
        });
        // The mock waits for almost a session before it lets a group change, and for three
        // seconds before it lets one begin.
        Cluster {
            session: Duration::from_millis(3500),
            ..Cluster::new(brokers, topic)
        }
    }
}

impl Maker for Mock {
    type Log = KafkaLog;

    const PATIENCE: Duration = Duration::from_secs(60);

    async fn open(&self, name: &str, partitions: u32) -> KafkaLog {
        let cluster = self.cluster(name, partitions);
        let log = KafkaLog::open(&cluster, partitions).await;
        log.expect("it opens")
    }
}

#[tokio::test]
async fn the_kafka_log_keeps_the_contract() {
    hold(&Mock::start()).await;
}
