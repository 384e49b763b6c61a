//! What the group wants of a member, noted until the member can be told.

use std::collections::{BTreeSet, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};

use parking_lot::Mutex;
use rdkafka::TopicPartitionList;
use rdkafka::client::ClientContext;
use rdkafka::consumer::{BaseConsumer, Consumer, ConsumerContext};
use rdkafka::types::RDKafkaRespErr;

/// A change of the assignment. Kafka waits until [`begin`] or [`give_up`] answers the first two.
#[derive(Debug)]
pub enum News {
    Assigned(BTreeSet<u32>),
    Revoked(BTreeSet<u32>),
    Lost(BTreeSet<u32>),
}

/// What librdkafka calls while it is polled, on the thread that polls.
#[derive(Default)]
pub struct Rebalance {
    news: Mutex<VecDeque<News>>,
    /// Nobody is told any more: every change is carried out at once.
    closing: AtomicBool,
}

impl Rebalance {
    pub fn is_quiet(&self) -> bool {
        self.news.lock().is_empty()
    }

    pub fn next(&self) -> Option<News> {
        self.news.lock().pop_front()
    }

    pub fn close(&self) {
        self.closing.store(true, Ordering::Relaxed);
    }
}

impl ClientContext for Rebalance {}

impl ConsumerContext for Rebalance {
    /// Carries out at once what nobody has to prepare for, and notes the rest: its answer comes
    /// later, from outside.
    fn rebalance(
        &self,
        consumer: &BaseConsumer<Rebalance>,
        kind: RDKafkaRespErr,
        list: &mut TopicPartitionList,
    ) {
        let partitions = list.elements();
        let partitions = partitions
            .iter()
            .map(|each| each.partition().unsigned_abs());
        let partitions: BTreeSet<u32> = partitions.collect();
        let assigned = kind == RDKafkaRespErr::RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS;
        let lost = !assigned && consumer.assignment_lost();
        if lost || partitions.is_empty() || self.closing.load(Ordering::Relaxed) {
            let answered = if assigned {
                consumer.incremental_assign(list)
            } else {
                consumer.incremental_unassign(list)
            };
            if let Err(error) = answered {
                tracing::warn!(%error, "a change of the assignment was not taken");
            }
        }
        if !partitions.is_empty() {
            self.news.lock().push_back(match (assigned, lost) {
                (true, _) => News::Assigned(partitions),
                (false, false) => News::Revoked(partitions),
                (false, true) => News::Lost(partitions),
            });
        }
    }
}
