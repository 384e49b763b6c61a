//! The topic: created, or checked.

use std::thread;
use std::time::{Duration, Instant};

use futures::executor::block_on;
use rdkafka::admin::{AdminClient, AdminOptions, NewTopic, ResourceSpecifier, TopicReplication};
use rdkafka::client::DefaultClientContext;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::{KafkaError, RDKafkaErrorCode as Code};
use tracing::debug;

use super::super::LogError;
use super::{Cluster, Trouble};

/// A topic that keeps what it has.
const KEEPS: [(&str, &str); 3] = [
    ("cleanup.policy", "delete"),
    ("retention.ms", "-1"),
    ("retention.bytes", "-1"),
];

/// How often a new topic is asked whether it has leaders.
const PERIOD: Duration = Duration::from_millis(20);

/// Makes sure that there is a topic with so many partitions. Blocks.
pub fn open(client: &BaseConsumer, cluster: &Cluster, partitions: u32) -> Result<(), LogError> {
    let Some(has) = count(client, cluster)? else {
        create(client, cluster, partitions)?;
        return open(client, cluster, partitions);
    };
    if has != partitions {
        let wanted = partitions;
        return Err(LogError::Partitions { has, wanted });
    }
    Ok(())
}

/// How many partitions the topic has; nothing if there is no topic.
fn count(client: &BaseConsumer, cluster: &Cluster) -> Result<Option<u32>, LogError> {
    let metadata = client.fetch_metadata(Some(&cluster.topic), cluster.patience);
    let metadata = metadata.map_err(|source| Trouble::Unreachable {
        brokers: cluster.brokers.clone(),
        within: cluster.patience,
        source,
    })?;
    let topic = metadata.topics().first();
    match topic.and_then(|topic| topic.error()).map(Code::from) {
        Some(Code::UnknownTopicOrPartition | Code::UnknownTopic) => Ok(None),
        Some(Code::LeaderNotAvailable) => Ok(Some(0)),
        Some(code) => Err(KafkaError::MetadataFetch(code).into()),
        None => {
            let partitions = topic.map_or(0, |topic| topic.partitions().len());
            Ok(u32::try_from(partitions).ok().filter(|&n| n > 0))
        }
    }
}

/// Creates it, with as many copies as the brokers make by themselves, and waits for its leaders.
fn create(client: &BaseConsumer, cluster: &Cluster, partitions: u32) -> Result<(), LogError> {
    let admin: AdminClient<DefaultClientContext> = cluster.client().create()?;
    let count = i32::try_from(partitions).unwrap_or(i32::MAX);
    let mut topic = NewTopic::new(&cluster.topic, count, TopicReplication::Fixed(-1));
    for (setting, wanted) in KEEPS {
        topic = topic.set(setting, wanted);
    }
    let options = AdminOptions::new().operation_timeout(Some(cluster.patience));
    for created in block_on(admin.create_topics([&topic], &options))? {
        match created {
            // Another program was faster.
            Ok(_) | Err((_, Code::TopicAlreadyExists)) => {}
            Err((_, code)) => return Err(KafkaError::AdminOp(code).into()),
        }
    }
    let begun = Instant::now();
    while self::count(client, cluster)?.unwrap_or(0) < partitions {
        if begun.elapsed() > cluster.patience {
            return Err(KafkaError::AdminOp(Code::LeaderNotAvailable).into());
        }
        thread::sleep(PERIOD);
    }
    Ok(())
}

/// Checks that it forgets nothing. A broker that does not say is believed. Blocks.
pub fn keeps(cluster: &Cluster) -> Result<(), LogError> {
    let admin: AdminClient<DefaultClientContext> = cluster.client().create()?;
    let options = AdminOptions::new().request_timeout(Some(cluster.patience));
    let topic = ResourceSpecifier::Topic(&cluster.topic);
    let described = match block_on(admin.describe_configs([&topic], &options)) {
        Ok(described) => described,
        Err(error) => {
            debug!(%error, "the broker does not describe its topics");
            return Ok(());
        }
    };
    for resource in described.into_iter().flatten() {
        for (setting, wanted) in KEEPS {
            let entry = resource.get(setting).and_then(|entry| entry.value.clone());
            if let Some(has) = entry.filter(|has| has != wanted) {
                return Err(Trouble::Forgets {
                    topic: cluster.topic.clone(),
                    setting,
                    has,
                    wanted,
                }
                .into());
            }
        }
    }
    Ok(())
}
