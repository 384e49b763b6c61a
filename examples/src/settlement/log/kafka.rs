//! The log on Apache Kafka: a topic, its partitions, and consumer groups, through librdkafka.
//!
//! It is behind the feature `kafka`. `compose.yaml` starts a broker, then:
//!
//! ```text
//! cargo run -q -p companion --features kafka --bin settlement -- --kafka 127.0.0.1:9092
//! ```
//!
//! What the contract asks for, and what gives it:
//!
//! - **Durable**: `acks=all`. How many copies that means is the topic's `min.insync.replicas`.
//! - **In order**: an idempotent producer, which stops for good before it leaves a gap.
//! - **To one member of a group**: Kafka's own groups, named after topic and group, rebalanced
//!   cooperatively: who keeps a partition goes on reading it.
//!
//! librdkafka's clients block where they are dropped: they leave a group, they stop threads, they
//! wait for a broker. So each lives and dies on a thread of its own ([`owner`]), and no worker of
//! the runtime ever waits for one.

mod append;
mod cluster;
mod consumer;
mod member;
mod owner;
mod read;
mod rebalance;
mod topic;

use std::sync::Arc;

use super::{EventLog, LogError, NewRecord, Positions, Record};
use append::Appender;
pub use cluster::{Cluster, Trouble};
use consumer::Consumer;
pub use member::KafkaMember;
use owner::Owner;
use read::Lookup;

/// A handle to the log. Two threads own its clients; they end when the last handle is gone.
#[derive(Clone)]
pub struct KafkaLog {
    shared: Arc<Shared>,
}

struct Shared {
    cluster: Cluster,
    partitions: u32,
    appender: Owner<Appender>,
    lookup: Owner<Lookup>,
}

impl KafkaLog {
    /// Opens the topic, and creates it with so many partitions if there is none.
    ///
    /// If this future is dropped, the topic may be created, and the clients are closed.
    ///
    /// # Errors
    ///
    /// If no broker answers, or the topic has another number of partitions.
    ///
    /// # Panics
    ///
    /// If the system has no thread left.
    pub async fn open(cluster: &Cluster, partitions: u32) -> Result<KafkaLog, LogError> {
        let own = cluster.clone();
        let lookup = Owner::start("kafka read", move || Lookup::open(own, partitions)).await?;
        let own = cluster.clone();
        let appender = Owner::start("kafka append", move || Appender::new(own)).await?;
        let shared = Shared {
            cluster: cluster.clone(),
            partitions,
            appender,
            lookup,
        };
        let shared = Arc::new(shared);
        Ok(KafkaLog { shared })
    }

    /// Checks that the topic keeps its records for good. A broker that does not say is believed.
    ///
    /// # Errors
    ///
    /// [`Trouble::Forgets`], with the setting that has to be changed.
    pub async fn keeps(&self) -> Result<(), LogError> {
        let lookup = &self.shared.lookup;
        lookup.call(|own, _| own.keeps()).await
    }
}

impl EventLog for KafkaLog {
    type Member = KafkaMember;

    fn partitions(&self) -> u32 {
        self.shared.partitions
    }

    async fn append(&self, batch: Arc<[NewRecord]>) -> Result<Positions, LogError> {
        let appender = &self.shared.appender;
        appender.call(move |own, _| own.append(&batch)).await
    }

    async fn ends(&self) -> Result<Positions, LogError> {
        let lookup = &self.shared.lookup;
        lookup.call(|own, given_up| own.ends(given_up)).await
    }

    async fn read(&self, partition: u32, from: u64, max: usize) -> Result<Vec<Record>, LogError> {
        let lookup = &self.shared.lookup;
        lookup
            .call(move |own, given_up| own.read(partition, from, max, given_up))
            .await
    }

    async fn join(&self, group: &str) -> Result<KafkaMember, LogError> {
        let (cluster, group) = (self.shared.cluster.clone(), group.to_owned());
        let slot = member::Slot::default();
        let told = slot.clone();
        let join = move || Consumer::join(&cluster, &group, told);
        let consumer = Owner::start("kafka member", join).await?;
        Ok(KafkaMember::new(consumer, slot))
    }

    /// Bounded: after [`Cluster::patience`], nobody waits any more.
    async fn close(self) -> Result<(), LogError> {
        let (appender, lookup) = (self.shared.appender.clone(), self.shared.lookup.clone());
        let patience = self.shared.cluster.patience;
        drop(self);
        let ended = tokio::join!(appender.end(patience), lookup.end(patience));
        ended.0.and(ended.1)
    }
}
