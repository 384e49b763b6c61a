//! What reads as a member of no group, and asks where partitions end.

use std::time::{Duration, Instant};

use rdkafka::TopicPartitionList;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::{KafkaError, RDKafkaErrorCode as Code};
use rdkafka::message::Message;
use rdkafka::topic_partition_list::Offset;

use super::super::{LogError, Positions, Record};
use super::cluster::passes;
use super::{Cluster, topic};

/// How long it waits at a time before it looks whether anybody still asks.
const TICK: Duration = Duration::from_millis(20);

/// Reads the topic. It is dropped where it blocks nobody.
pub struct Lookup {
    cluster: Cluster,
    partitions: u32,
    client: BaseConsumer,
    /// What it reads on from without being told.
    at: Option<(u32, u64)>,
}

impl Lookup {
    /// Connects, and opens or creates the topic. Blocks.
    pub fn open(cluster: Cluster, partitions: u32) -> Result<Lookup, LogError> {
        let mut config = cluster.reader();
        config
            .set("enable.partition.eof", "true")
            // Nobody waits here for records that are still to come, and a broker answers the
            // questions of a connection one after the other.
            .set("fetch.wait.max.ms", "5");
        let client: BaseConsumer = config.create()?;
        topic::open(&client, &cluster, partitions)?;
        Ok(Lookup {
            cluster,
            partitions,
            client,
            at: None,
        })
    }

    /// Checks that the topic forgets nothing. Blocks, for [`Cluster::patience`] at most.
    pub fn keeps(&self) -> Result<(), LogError> {
        topic::keeps(&self.cluster)
    }

    /// The position after the last record of every partition. Blocks, for twice
    /// [`Cluster::patience`] at most.
    pub fn ends(&mut self, given_up: &dyn Fn() -> bool) -> Result<Positions, LogError> {
        let end = |partition| Ok((partition, self.bounds(partition, given_up)?.1));
        (0..self.partitions).map(end).collect()
    }

    /// Where a partition begins and ends.
    fn bounds(&self, partition: u32, given_up: &dyn Fn() -> bool) -> Result<(u64, u64), LogError> {
        let (topic, patience) = (&self.cluster.topic, self.cluster.patience);
        let begun = Instant::now();
        loop {
            match self
                .client
                .fetch_watermarks(topic, raw(partition), patience)
            {
                Ok((first, end)) => return Ok((unsigned(first), unsigned(end))),
                Err(error) => {
                    if !passes(&error) || given_up() || begun.elapsed() >= patience {
                        return Err(error.into());
                    }
                }
            }
            // It also serves what librdkafka has to say about its connections.
            self.client.poll(TICK);
        }
    }

    /// At most `max` records of a partition, from `from` on. Blocks, for [`Cluster::patience`]
    /// without a record at most.
    pub fn read(
        &mut self,
        partition: u32,
        from: u64,
        max: usize,
        given_up: &dyn Fn() -> bool,
    ) -> Result<Vec<Record>, LogError> {
        let (first, end) = self.bounds(partition, given_up)?;
        if from < first && first > 0 {
            let what = format!("the topic has deleted what is before {first}");
            return Err(LogError::damaged(
                &self.cluster.topic,
                Some((partition, from)),
                what,
            ));
        }
        let going_on = self.at.take() == Some((partition, from));
        if from >= end || max == 0 {
            self.client.unassign()?;
            return Ok(Vec::new());
        }
        if !going_on {
            let start = list(&self.cluster.topic, [(partition, offset(from))])?;
            self.client.assign(&start)?;
        }
        let mut records: Vec<Record> = Vec::new();
        let mut next = from;
        let mut heard = Instant::now();
        while records.len() < max && next < end {
            match self.client.poll(TICK) {
                Some(Ok(message)) => {
                    let record = record(&message);
                    if (record.partition, record.offset) >= (partition, next) {
                        next = record.offset + 1;
                        records.push(record);
                    }
                    heard = Instant::now();
                }
                Some(Err(KafkaError::PartitionEOF(at))) if at == raw(partition) => break,
                Some(Err(error)) => judge(error, &self.cluster.topic, Some((partition, next)))?,
                None => {}
            }
            if given_up() || heard.elapsed() > self.cluster.patience {
                return Err(KafkaError::NoMessageReceived.into());
            }
        }
        self.at = Some((partition, next));
        Ok(records)
    }
}

/// What an error says about a record that should be read; nothing if it passes.
pub fn judge(error: KafkaError, topic: &str, record: Option<(u32, u64)>) -> Result<(), LogError> {
    match error.rdkafka_error_code() {
        Some(Code::OffsetOutOfRange | Code::AutoOffsetReset) => {
            let what = "there is no such record, and there was one";
            Err(LogError::damaged(topic, record, what))
        }
        Some(Code::BadMessage | Code::InvalidMessage) => {
            Err(LogError::damaged(topic, record, error.to_string()))
        }
        _ if passes(&error) || matches!(error, KafkaError::PartitionEOF(_)) => Ok(()),
        _ => Err(error.into()),
    }
}

pub fn record(message: &impl Message) -> Record {
    Record {
        partition: u32::try_from(message.partition()).unwrap_or(u32::MAX),
        offset: unsigned(message.offset()),
        key: message.key().unwrap_or_default().to_vec(),
        value: message.payload().unwrap_or_default().to_vec(),
    }
}

/// Kafka's numbers are signed: what is below 0 means something else than an offset.
pub fn unsigned(offset: i64) -> u64 {
    u64::try_from(offset).unwrap_or(0)
}

pub fn raw(partition: u32) -> i32 {
    i32::try_from(partition).unwrap_or(i32::MAX)
}

pub fn offset(position: u64) -> Offset {
    Offset::Offset(i64::try_from(position).unwrap_or(i64::MAX))
}

pub fn list(
    topic: &str,
    offsets: impl IntoIterator<Item = (u32, Offset)>,
) -> Result<TopicPartitionList, LogError> {
    let mut list = TopicPartitionList::new();
    for (partition, offset) in offsets {
        list.add_partition_offset(topic, raw(partition), offset)?;
    }
    Ok(list)
}
