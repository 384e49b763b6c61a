//! The settlement's log on Kafka beside librdkafka alone: the same broker, settings and batches.
//! `KAFKA_BROKERS` says where it is. Topics begin with `settlement-speed`, and stay there.

use std::env;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use companion::settlement::log::kafka::{Cluster, KafkaLog};
use companion::settlement::log::{EventLog, Member, NewRecord, Polled};
use rdkafka::client::ClientContext;
use rdkafka::config::FromClientConfigAndContext;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::producer::{
    BaseRecord, DeliveryResult, NoCustomPartitioner, ProducerContext, ThreadedProducer,
};
use rdkafka::{Offset, TopicPartitionList};

use super::{BATCH, PARTITIONS, batch, events, parts};
use crate::Round;
use crate::clock::{Sample, Stopwatch};
use crate::tasks::on;

const PATIENCE: Duration = Duration::from_secs(60);
/// As many records are read in a round, and as many of them before the clock starts: the first
/// ones wait for connections.
const RECORDS: usize = 220_000;
const FIRST: usize = 20_000;

fn cluster(topic: &str) -> Result<Cluster> {
    let brokers = env::var("KAFKA_BROKERS").context("KAFKA_BROKERS names no broker")?;
    Ok(Cluster::new(brokers, format!("settlement-speed-{topic}")))
}

/// Hears of each record, on librdkafka's thread.
struct Acknowledged(SyncSender<bool>);

impl ClientContext for Acknowledged {}

impl ProducerContext<NoCustomPartitioner> for Acknowledged {
    type DeliveryOpaque = ();

    fn delivery(&self, result: &DeliveryResult, (): ()) {
        // Nobody listens any more when the round is over.
        self.0.send(result.is_ok()).ok();
    }
}

/// Batches that librdkafka sends by itself.
pub fn append_raw(round: &Round) -> Result<Sample> {
    let (runtime, cluster, batch) = (round.runtime()?, cluster("append-raw")?, batch());
    runtime.block_on(KafkaLog::open(&cluster, PARTITIONS))?;
    let (sender, acknowledged) = sync_channel(2 * BATCH);
    let context = Acknowledged(sender);
    let producer = ThreadedProducer::from_config_and_context(&cluster.producer(), context)?;
    Ok(parts(round, BATCH, || {
        for NewRecord {
            partition,
            key,
            value,
        } in &*batch
        {
            let record = BaseRecord::to(&cluster.topic).partition(partition.cast_signed());
            let sending = producer.send(record.key(key).payload(value));
            sending.map_err(|(error, _)| error)?;
        }
        for _ in &*batch {
            ensure!(acknowledged.recv_timeout(PATIENCE)?, "a record was lost");
        }
        Ok(())
    }))
}

/// The same batches, by the log.
pub fn append(round: &Round) -> Result<Sample> {
    let (runtime, cluster, batch) = (round.runtime()?, cluster("append")?, batch());
    let log = runtime.block_on(KafkaLog::open(&cluster, PARTITIONS))?;
    let sample = parts(round, BATCH, || {
        runtime.block_on(log.append(batch.clone()))?;
        Ok(())
    });
    runtime.block_on(log.close())?;
    Ok(sample)
}

/// Opens a topic that has all records; the first round fills it.
async fn filled() -> Result<(Cluster, KafkaLog)> {
    let cluster = cluster("read")?;
    let log = KafkaLog::open(&cluster, PARTITIONS).await?;
    let has = log.ends().await?.values().sum::<u64>();
    let mut missing = events()
        .take(RECORDS)
        .skip(usize::try_from(has)?)
        .peekable();
    while missing.peek().is_some() {
        log.append(missing.by_ref().take(BATCH).collect()).await?;
    }
    Ok((cluster, log))
}

/// What librdkafka reads by itself.
pub fn read_raw(round: &Round) -> Result<Sample> {
    let runtime = round.runtime()?;
    let (cluster, log) = on(&runtime, filled())?;
    runtime.block_on(log.close())?;
    let consumer: BaseConsumer = cluster.reader().create()?;
    let mut all = TopicPartitionList::new();
    for partition in 0..PARTITIONS {
        all.add_partition_offset(&cluster.topic, partition.cast_signed(), Offset::Beginning)?;
    }
    consumer.assign(&all)?;
    let next = || consumer.poll(PATIENCE).context("nothing comes");
    for _ in 0..FIRST {
        next()??;
    }
    let clock = Stopwatch::start();
    for _ in FIRST..RECORDS {
        next()??;
    }
    Ok(clock.stop().each((RECORDS - FIRST) as f64))
}

/// The same by a member of a group.
pub fn read(round: &Round) -> Result<Sample> {
    let runtime = round.runtime()?;
    on(&runtime, async {
        let (_, log) = filled().await?;
        let mut member = log.join("speed").await?;
        let (mut clock, mut first, mut count) = (None, 0, 0);
        while count < RECORDS {
            match tokio::time::timeout(PATIENCE, member.poll(BATCH)).await?? {
                Polled::Assigned(partitions) => {
                    for partition in partitions {
                        member.seek(partition, 0).await?;
                    }
                }
                Polled::Records(records) => {
                    count += records.len();
                    if clock.is_none() && count >= FIRST {
                        clock = Some(Stopwatch::start());
                        first = count;
                    }
                }
                Polled::Revoked(_) | Polled::Lost(_) => bail!("another member is there"),
            }
        }
        let clock = clock.context("one batch had everything")?;
        let sample = clock.stop().each((count - first) as f64);
        member.leave().await?;
        log.close().await?;
        Ok(sample)
    })
}
