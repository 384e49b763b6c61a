//! What appends: a producer, one batch at a time.

use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};

use rdkafka::client::ClientContext;
use rdkafka::config::FromClientConfigAndContext;
use rdkafka::error::{KafkaError, RDKafkaErrorCode as Code};
use rdkafka::message::Message;
use rdkafka::producer::{
    BaseRecord, DeliveryResult, NoCustomPartitioner, Producer as _, ProducerContext,
    ThreadedProducer,
};

use super::super::{LogError, NewRecord, Positions};
use super::{Cluster, Trouble};

/// How many deliveries wait here, before librdkafka's thread does.
const HEARD: usize = 1024;

/// Appends to the topic. It is dropped where it blocks nobody.
pub struct Appender {
    cluster: Cluster,
    /// None after a failure: what the old one still had is gone, and the next one begins anew.
    producer: Option<Producer>,
}

struct Producer {
    /// Dropped first: what the client still has to say then holds up nobody.
    deliveries: Receiver<Delivery>,
    client: ThreadedProducer<Deliveries>,
}

/// The partition, and the offset if the broker has said it.
type Delivery = Result<(u32, Option<u64>), KafkaError>;

/// Hears of each record, on librdkafka's thread.
struct Deliveries(SyncSender<Delivery>);

impl ClientContext for Deliveries {}

impl ProducerContext<NoCustomPartitioner> for Deliveries {
    type DeliveryOpaque = ();

    fn delivery(&self, result: &DeliveryResult, (): ()) {
        let delivery = match result {
            Ok(message) => {
                let partition = u32::try_from(message.partition()).unwrap_or(u32::MAX);
                Ok((partition, u64::try_from(message.offset()).ok()))
            }
            Err((error, _)) => Err(error.clone()),
        };
        // Nobody asks any more after a failure.
        self.0.send(delivery).ok();
    }
}

impl Appender {
    /// Begins to connect: the first batch need not wait for the producer's number.
    pub fn new(cluster: Cluster) -> Result<Appender, LogError> {
        let producer = Some(Producer::new(&cluster)?);
        Ok(Appender { cluster, producer })
    }

    /// Appends a batch, and returns when all of it is acknowledged. Blocks, for
    /// [`Cluster::delivery`] at most.
    ///
    /// # Errors
    ///
    /// If a record was not acknowledged. Then the producer is dropped, and what it had not sent.
    pub fn append(&mut self, batch: &[NewRecord]) -> Result<Positions, LogError> {
        let appended = self.send(batch);
        if appended.is_err() {
            self.producer = None;
        }
        appended
    }

    fn send(&mut self, batch: &[NewRecord]) -> Result<Positions, LogError> {
        if self.producer.is_none() {
            self.producer = Some(Producer::new(&self.cluster)?);
        }
        let producer = self.producer.as_ref().ok_or(LogError::Closed)?;
        let mut ends = Positions::new();
        let mut waiting = batch.len();
        for record in batch {
            while !producer.send(&self.cluster.topic, record)? {
                producer.delivered(&self.cluster, &mut ends)?;
                waiting -= 1;
            }
        }
        for _ in 0..waiting {
            producer.delivered(&self.cluster, &mut ends)?;
        }
        Ok(ends)
    }
}

impl Producer {
    fn new(cluster: &Cluster) -> Result<Producer, LogError> {
        let (sender, deliveries) = sync_channel(HEARD);
        let context = Deliveries(sender);
        let config = cluster.producer();
        let client = ThreadedProducer::from_config_and_context(&config, context)?;
        Ok(Producer { deliveries, client })
    }

    /// Hands a record over; false if there is no room for it now.
    fn send(&self, topic: &str, record: &NewRecord) -> Result<bool, LogError> {
        let partition = i32::try_from(record.partition).unwrap_or(i32::MAX);
        let record = BaseRecord::to(topic)
            .partition(partition)
            .key(&record.key)
            .payload(&record.value);
        match self.client.send(record) {
            Ok(()) => Ok(true),
            Err((KafkaError::MessageProduction(Code::QueueFull), _)) => Ok(false),
            Err((error, _)) => Err(error.into()),
        }
    }

    /// Waits for one more record, and notes where its partition ends.
    fn delivered(&self, cluster: &Cluster, ends: &mut Positions) -> Result<(), LogError> {
        // librdkafka answers for each record in time. This is for the day it does not.
        let within = 2 * cluster.delivery;
        let (partition, offset) = match self.deliveries.recv_timeout(within) {
            Ok(delivery) => delivery?,
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
                let what = "an append".into();
                return Err(Trouble::Slow { what, within }.into());
            }
        };
        let end = match offset {
            Some(offset) => offset + 1,
            // The broker knew the record and did not say where it is: below the end.
            None => self.end(cluster, partition)?,
        };
        let known = ends.entry(partition).or_insert(end);
        *known = end.max(*known);
        Ok(())
    }

    fn end(&self, cluster: &Cluster, partition: u32) -> Result<u64, LogError> {
        let (topic, patience) = (&cluster.topic, cluster.patience);
        let partition = i32::try_from(partition).unwrap_or(i32::MAX);
        let client = self.client.client();
        let (_, end) = client.fetch_watermarks(topic, partition, patience)?;
        Ok(u64::try_from(end).unwrap_or(0))
    }
}
