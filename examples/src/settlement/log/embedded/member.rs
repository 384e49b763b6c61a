//! A member of a group of the embedded log.

use std::collections::BTreeMap;
use std::sync::Arc;

use tokio::sync::watch;

use super::super::{LogError, Member, Polled, Positions, Record};
use super::Shared;
use super::group::{Id, News};
use super::{committed, reading};

/// A member of a group. Dropped, it leaves the group at once, and does not block.
pub struct EmbeddedMember {
    log: Arc<Shared>,
    group: String,
    id: Id,
    /// Where the next record of an owned partition is; unknown until the log has been asked.
    positions: BTreeMap<u32, Option<u64>>,
    /// Wakes a poll.
    ends: watch::Receiver<Positions>,
}

impl EmbeddedMember {
    pub(super) fn new(log: Arc<Shared>, group: &str) -> EmbeddedMember {
        EmbeddedMember {
            ends: log.ends.subscribe(),
            id: log.change(group, super::Group::join),
            group: group.to_owned(),
            positions: BTreeMap::new(),
            log,
        }
    }

    fn news(&mut self) -> Option<Polled> {
        let news = self.log.see(&self.group, |group| group.news(self.id));
        Some(match news?? {
            News::Assigned(partitions) => {
                let unknown = partitions.iter().map(|&partition| (partition, None));
                self.positions.extend(unknown);
                Polled::Assigned(partitions)
            }
            News::Revoked(partitions) => {
                self.positions.retain(|own, _| !partitions.contains(own));
                Polled::Revoked(partitions)
            }
        })
    }

    /// Reads what is there. Positions change with no wait after it: a drop loses nothing.
    async fn fetch(&mut self, max: usize) -> Result<Vec<Record>, LogError> {
        let (group, mut positions) = (self.group.clone(), self.positions.clone());
        let ends = self.ends.borrow().clone();
        positions.retain(|partition, position| position.is_none_or(|at| at < ends[partition]));
        if positions.is_empty() {
            return Ok(Vec::new());
        }
        let fetch = move |connection: &_| reading::fetch(connection, &group, positions, max);
        let (records, positions) = self.log.reader.read(fetch).await?;
        for (partition, position) in positions {
            self.positions.insert(partition, Some(position));
        }
        Ok(records)
    }

    fn owned(&self, mut partitions: impl Iterator<Item = u32>) -> Result<(), LogError> {
        let foreign = self.log.see(&self.group, |group| {
            partitions.find(|&partition| !group.owns(self.id, partition))
        });
        match foreign.flatten() {
            Some(partition) => Err(LogError::Fenced { partition }),
            None => Ok(()),
        }
    }
}

impl Member for EmbeddedMember {
    async fn poll(&mut self, max: usize) -> Result<Polled, LogError> {
        // A member that always has news would otherwise never let its task's neighbours run.
        tokio::task::coop::consume_budget().await;
        let id = self.id;
        if self.log.see(&self.group, |group| group.gives_up(id)) == Some(true) {
            self.log.change(&self.group, |group| group.give_up(id));
        }
        loop {
            // What changes from here on, ends the wait below.
            self.ends.mark_unchanged();
            if let Some(news) = self.news() {
                return Ok(news);
            }
            let records = self.fetch(max).await?;
            if !records.is_empty() {
                return Ok(Polled::Records(records));
            }
            self.ends.changed().await.map_err(|_| LogError::Closed)?;
        }
    }

    async fn seek(&mut self, partition: u32, position: u64) -> Result<(), LogError> {
        self.owned([partition].into_iter())?;
        // What is being revoked is not read any more.
        if let Some(at) = self.positions.get_mut(&partition) {
            *at = Some(position);
        }
        Ok(())
    }

    async fn commit(&mut self, positions: &Positions) -> Result<(), LogError> {
        self.owned(positions.keys().copied())?;
        let (group, positions) = (self.group.clone(), positions.clone());
        let store = move |connection: &_| committed::commit(connection, &group, &positions);
        self.log.writer.write(store).await
    }

    async fn leave(self) -> Result<(), LogError> {
        Ok(()) // its drop does it
    }
}

impl Drop for EmbeddedMember {
    fn drop(&mut self) {
        self.log.change(&self.group, |group| group.leave(self.id));
    }
}
