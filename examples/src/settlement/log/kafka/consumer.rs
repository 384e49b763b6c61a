//! A consumer on its thread: what was told, what is owned, and what the next poll begins with.

use std::collections::{BTreeMap, BTreeSet};
use std::thread;
use std::time::{Duration, Instant};

use rdkafka::config::FromClientConfigAndContext;
use rdkafka::consumer::{BaseConsumer, CommitMode, Consumer as _};
use rdkafka::error::RDKafkaErrorCode as Code;
use rdkafka::topic_partition_list::Offset;

use super::super::{LogError, Polled, Positions};
use super::Cluster;
use super::cluster::passes;
use super::member::Slot;
use super::read::{judge, list, offset, raw, record};
use super::rebalance::{News, Rebalance};

/// How long it waits at a time before it looks whether anybody still polls.
const TICK: Duration = Duration::from_millis(20);

/// How long it waits for the coordinator's answer before it looks again.
const ANSWER: Duration = Duration::from_secs(1);

/// A member's consumer. It is dropped where it blocks nobody: its drop leaves the group.
pub struct Consumer {
    client: BaseConsumer<Rebalance>,
    cluster: Cluster,
    slot: Slot,
    /// What the member was told that it owns.
    owned: BTreeSet<u32>,
    due: Due,
    /// Came when records had to be delivered first.
    failed: Option<LogError>,
}

/// What was told, and takes effect at the next poll.
enum Due {
    Nothing,
    /// Reading begins, at these positions or where the group was.
    Begin(BTreeMap<u32, Option<u64>>),
    GiveUp(BTreeSet<u32>),
}

impl Consumer {
    /// Becomes a member of the group. It waits for no broker: polls tell how it goes.
    pub fn join(cluster: &Cluster, group: &str, slot: Slot) -> Result<Consumer, LogError> {
        let config = cluster.member(group);
        let client = BaseConsumer::from_config_and_context(&config, Rebalance::default())?;
        client.subscribe(&[&cluster.topic])?;
        Ok(Consumer {
            client,
            cluster: cluster.clone(),
            slot,
            owned: BTreeSet::new(),
            due: Due::Nothing,
            failed: None,
        })
    }

    /// Waits until there is something in the slot, or nobody polls any more.
    pub fn poll(&mut self, max: usize, given_up: &dyn Fn() -> bool) -> Result<(), LogError> {
        if self.slot.lock().is_some() {
            return Ok(()); // found by a poll that was dropped
        }
        self.carry_out(given_up)?;
        while !given_up() {
            if let Some(polled) = self.next(max)? {
                *self.slot.lock() = Some(polled);
                break;
            }
        }
        Ok(())
    }

    fn next(&mut self, max: usize) -> Result<Option<Polled>, LogError> {
        if let Some(news) = self.client.context().next() {
            return Ok(Some(self.tell(news)));
        }
        if let Some(error) = self.failed.take() {
            return Err(error);
        }
        let (mut records, mut wait) = (Vec::new(), TICK);
        // A change of the assignment ends the batch: it is told next.
        while records.len() < max && self.failed.is_none() && self.client.context().is_quiet() {
            match self.client.poll(wait) {
                Some(Ok(message)) => records.push(record(&message)),
                Some(Err(error)) => self.failed = judge(error, &self.cluster.topic, None).err(),
                None => break,
            }
            wait = Duration::ZERO;
        }
        Ok((!records.is_empty()).then_some(Polled::Records(records)))
    }

    fn tell(&mut self, news: News) -> Polled {
        match news {
            News::Assigned(partitions) => {
                self.owned.extend(&partitions);
                let starts = partitions.iter().map(|&partition| (partition, None));
                self.due = Due::Begin(starts.collect());
                Polled::Assigned(partitions.into_iter().collect())
            }
            News::Revoked(partitions) => {
                self.due = Due::GiveUp(partitions.clone());
                Polled::Revoked(partitions.into_iter().collect())
            }
            News::Lost(partitions) => {
                self.owned.retain(|own| !partitions.contains(own));
                Polled::Lost(partitions.into_iter().collect())
            }
        }
    }

    /// Answers the group: what was told last takes effect.
    fn carry_out(&mut self, given_up: &dyn Fn() -> bool) -> Result<(), LogError> {
        match std::mem::replace(&mut self.due, Due::Nothing) {
            Due::Nothing => {}
            Due::Begin(mut starts) => {
                while !self.find(&mut starts)? {
                    if given_up() {
                        self.due = Due::Begin(starts);
                        return Ok(());
                    }
                }
                let starts = starts.into_iter();
                let starts = starts.map(|(partition, at)| (partition, offset(at.unwrap_or(0))));
                let starts = list(&self.cluster.topic, starts)?;
                self.client.incremental_assign(&starts)?;
            }
            Due::GiveUp(partitions) => {
                self.owned.retain(|own| !partitions.contains(own));
                let partitions = partitions.into_iter();
                let partitions = partitions.map(|partition| (partition, Offset::Invalid));
                let partitions = list(&self.cluster.topic, partitions)?;
                self.client.incremental_unassign(&partitions)?;
            }
        }
        Ok(())
    }

    /// Asks where the group is, for what was not sought; false if nobody answers now.
    fn find(&self, starts: &mut BTreeMap<u32, Option<u64>>) -> Result<bool, LogError> {
        let unknown = starts.iter().filter(|(_, at)| at.is_none());
        let unknown: Vec<_> = unknown.map(|(&own, _)| (own, Offset::Invalid)).collect();
        if unknown.is_empty() {
            return Ok(true);
        }
        let asked = list(&self.cluster.topic, unknown)?;
        match self.client.committed_offsets(asked, ANSWER) {
            Ok(committed) => {
                for each in committed.elements() {
                    // Nothing was committed: it begins at its first record.
                    let at = each.offset().to_raw().and_then(|at| u64::try_from(at).ok());
                    starts.insert(each.partition().unsigned_abs(), Some(at.unwrap_or(0)));
                }
                Ok(true)
            }
            Err(error) if passes(&error) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Stores positions: the offsets of the records to read next. Blocks until that is done.
    pub fn commit(&mut self, positions: &Positions) -> Result<(), LogError> {
        let mut partitions = positions.keys().copied();
        if let Some(partition) = partitions.find(|own| !self.owned.contains(own)) {
            return Err(LogError::Fenced { partition });
        }
        let Some(&first) = positions.keys().next() else {
            return Ok(());
        };
        let next = positions.iter().map(|(&own, &at)| (own, offset(at)));
        let next = list(&self.cluster.topic, next)?;
        match self.client.commit(&next, CommitMode::Sync) {
            Ok(()) => Ok(()),
            Err(error) => match error.rdkafka_error_code() {
                // The group has gone on without this member.
                Some(Code::IllegalGeneration | Code::UnknownMemberId | Code::FencedInstanceId) => {
                    Err(LogError::Fenced { partition: first })
                }
                _ => Err(error.into()),
            },
        }
    }

    /// Reads on from `position`. Blocks, for [`Cluster::patience`] at most.
    pub fn seek(&mut self, partition: u32, position: u64) -> Result<(), LogError> {
        if !self.owned.contains(&partition) {
            return Err(LogError::Fenced { partition });
        }
        match &mut self.due {
            Due::Begin(starts) if starts.contains_key(&partition) => {
                starts.insert(partition, Some(position));
                return Ok(());
            }
            // What is being revoked is not read any more.
            Due::GiveUp(partitions) if partitions.contains(&partition) => return Ok(()),
            _ => {}
        }
        let begun = Instant::now();
        let (topic, patience) = (&self.cluster.topic, self.cluster.patience);
        let to = offset(position);
        while let Err(error) = self.client.seek(topic, raw(partition), to, patience) {
            // Refused while librdkafka still looks for the partition's leader.
            if begun.elapsed() > patience {
                return Err(error.into());
            }
            thread::sleep(TICK);
        }
        let mut slot = self.slot.lock();
        if let Some(Polled::Records(records)) = &mut *slot {
            records.retain(|record| record.partition != partition);
            if records.is_empty() {
                *slot = None;
            }
        }
        Ok(())
    }
}

impl Drop for Consumer {
    /// Leaves the group: the client's own drop waits until the group was answered.
    fn drop(&mut self) {
        self.client.context().close();
        let mut due = vec![std::mem::replace(&mut self.due, Due::Nothing)];
        while let Some(news) = self.client.context().next() {
            self.tell(news);
            due.push(std::mem::replace(&mut self.due, Due::Nothing));
        }
        for due in due {
            let (partitions, begin): (Vec<u32>, _) = match due {
                Due::Nothing => continue,
                Due::Begin(starts) => (starts.into_keys().collect(), true),
                Due::GiveUp(partitions) => (partitions.into_iter().collect(), false),
            };
            let partitions = partitions.into_iter().map(|own| (own, Offset::Invalid));
            let answered = list(&self.cluster.topic, partitions).and_then(|partitions| {
                let answered = if begin {
                    self.client.incremental_assign(&partitions)
                } else {
                    self.client.incremental_unassign(&partitions)
                };
                Ok(answered?)
            });
            if let Err(error) = answered {
                tracing::debug!(%error, "the group had gone on");
            }
        }
    }
}
