//! Where the brokers are, how their clients are set up, and what can be the trouble with them.

use std::sync::Arc;
use std::time::Duration;

use rdkafka::ClientConfig;
use rdkafka::error::{KafkaError, RDKafkaErrorCode as Code};

use super::super::LogError;

/// A topic of a cluster, and how patient this program is with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cluster {
    /// A comma-separated list of `host:port`: one broker that answers is enough to find the others.
    pub brokers: String,
    pub topic: String,
    /// How long a member may be silent before its partitions are another's. Kafka's own 45 seconds
    /// are long for a program that was killed and is started again.
    pub session: Duration,
    /// How long a member may work between two polls.
    pub work: Duration,
    /// How long a request may take, and the end of a client.
    pub patience: Duration,
    /// How long a batch may take until it is acknowledged.
    pub delivery: Duration,
}

/// What went wrong with Kafka.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Trouble {
    #[error(
        "no broker answers at {brokers} within {within:?}: is it running (`docker compose up -d`), and is that its address?"
    )]
    Unreachable {
        brokers: String,
        within: Duration,
        source: KafkaError,
    },
    /// The log would lose what reconciliation needs.
    #[error("topic {topic} has {setting}={has} and would forget records: set it to {wanted}")]
    Forgets {
        topic: String,
        setting: &'static str,
        has: String,
        wanted: &'static str,
    },
    #[error("{what} does not end within {within:?}")]
    Slow { what: String, within: Duration },
    #[error(transparent)]
    Client(#[from] KafkaError),
}

impl From<Trouble> for LogError {
    fn from(trouble: Trouble) -> LogError {
        LogError::Unavailable(Arc::new(trouble))
    }
}

impl From<KafkaError> for LogError {
    fn from(error: KafkaError) -> LogError {
        Trouble::Client(error).into()
    }
}

/// Whether librdkafka mends this by itself: by another connection, another broker, another try.
pub fn passes(error: &KafkaError) -> bool {
    matches!(
        error.rdkafka_error_code(),
        Some(
            Code::BrokerTransportFailure
                | Code::AllBrokersDown
                | Code::Resolve
                | Code::OperationTimedOut
                | Code::TimedOutQueue
                | Code::RequestTimedOut
                | Code::NetworkException
                | Code::BrokerNotAvailable
                | Code::LeaderNotAvailable
                | Code::NotLeaderForPartition
                | Code::ReplicaNotAvailable
                | Code::KafkaStorageError
                | Code::CoordinatorLoadInProgress
                | Code::CoordinatorNotAvailable
                | Code::NotCoordinator
                | Code::WaitingForCoordinator
                | Code::RebalanceInProgress
                | Code::PollExceeded
        )
    )
}

fn ms(time: Duration) -> String {
    time.as_millis().to_string()
}

impl Cluster {
    #[must_use]
    pub fn new(brokers: impl Into<String>, topic: impl Into<String>) -> Cluster {
        Cluster {
            brokers: brokers.into(),
            topic: topic.into(),
            session: Duration::from_secs(6),
            work: Duration::from_secs(300),
            patience: Duration::from_secs(5),
            delivery: Duration::from_secs(8),
        }
    }

    /// What every client has. A broker that comes back is found within 0.2 seconds, not 10.
    pub(super) fn client(&self) -> ClientConfig {
        let mut config = ClientConfig::new();
        config
            .set("bootstrap.servers", &self.brokers)
            .set("client.id", "settlement")
            .set("reconnect.backoff.ms", "50")
            .set("reconnect.backoff.max.ms", "200")
            .set("socket.timeout.ms", ms(self.patience));
        config
    }

    /// The settings of a client that reads. Where it begins is always said: if that is gone, it is
    /// an error.
    #[must_use]
    pub fn reader(&self) -> ClientConfig {
        let mut config = self.client();
        config
            .set("group.id", format!("{}.nobody", self.topic))
            .set("enable.auto.commit", "false")
            .set("enable.auto.offset.store", "false")
            .set("auto.offset.reset", "error")
            .set("check.crcs", "true")
            // Memory stays flat, however far behind: 8 MB wait here, the rest at the broker.
            .set("queued.max.messages.kbytes", "8192")
            .set("fetch.queue.backoff.ms", "10");
        config
    }

    pub(super) fn member(&self, group: &str) -> ClientConfig {
        let mut config = self.reader();
        config
            .set("group.id", format!("{}.{group}", self.topic))
            .set("partition.assignment.strategy", "cooperative-sticky")
            .set("session.timeout.ms", ms(self.session))
            .set("heartbeat.interval.ms", ms(self.session / 3))
            .set("max.poll.interval.ms", ms(self.work));
        config
    }

    /// The settings of a client that writes.
    #[must_use]
    pub fn producer(&self) -> ClientConfig {
        let mut config = self.client();
        config
            .set("acks", "all")
            // The broker knows a record that is sent again, and one that is missing before it.
            .set("enable.idempotence", "true")
            // After a record that did not get there, none that follows it does.
            .set("enable.gapless.guarantee", "true")
            .set("message.timeout.ms", ms(self.delivery))
            .set("request.timeout.ms", ms(self.delivery / 2))
            // A batch is complete when it is handed over: nothing to linger for.
            .set("linger.ms", "0");
        config
    }
}
