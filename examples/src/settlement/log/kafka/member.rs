//! A member of a group, as its user has it.

use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;

use super::super::{LogError, Member, Polled, Positions};
use super::consumer::Consumer;
use super::owner::Owner;

/// What a poll has found and nobody has taken yet: there it survives a poll that is dropped.
pub type Slot = Arc<Mutex<Option<Polled>>>;

/// How long it may take to leave.
const LEAVE: Duration = Duration::from_secs(10);

/// A member of a group. Its consumer lives on a thread of its own; dropped, the member lets it
/// leave the group there, and does not wait for that.
pub struct KafkaMember {
    consumer: Owner<Consumer>,
    slot: Slot,
}

impl KafkaMember {
    pub(super) fn new(consumer: Owner<Consumer>, slot: Slot) -> KafkaMember {
        KafkaMember { consumer, slot }
    }

    fn take(&self, max: usize) -> Option<Polled> {
        let mut slot = self.slot.lock();
        let mut polled = slot.take()?;
        if let Polled::Records(records) = &mut polled
            && records.len() > max
        {
            *slot = Some(Polled::Records(records.split_off(max)));
        }
        Some(polled)
    }
}

impl Member for KafkaMember {
    async fn poll(&mut self, max: usize) -> Result<Polled, LogError> {
        let max = max.max(1);
        loop {
            if let Some(polled) = self.take(max) {
                return Ok(polled);
            }
            self.consumer
                .call(move |own, given_up| own.poll(max, given_up))
                .await?;
        }
    }

    async fn seek(&mut self, partition: u32, position: u64) -> Result<(), LogError> {
        self.consumer
            .call(move |own, _| own.seek(partition, position))
            .await
    }

    async fn commit(&mut self, positions: &Positions) -> Result<(), LogError> {
        let positions = positions.clone();
        self.consumer
            .call(move |own, _| own.commit(&positions))
            .await
    }

    async fn leave(self) -> Result<(), LogError> {
        self.consumer.end(LEAVE).await
    }
}
