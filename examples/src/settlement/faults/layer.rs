//! A log around a log, in which things go wrong: by chance, out of a seed.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use parking_lot::Mutex;
use tokio::time::sleep;

use super::super::event::Random;
use super::super::log::{EventLog, LogError, Member, NewRecord, Polled, Positions, Record};

/// How often something goes wrong, in a hundred calls.
#[derive(Clone, Copy, Debug, Default)]
pub struct Chances {
    /// An append fails before anything happens.
    pub append_fails: u32,
    /// An append is done, and its answer is lost: the relay appends it again.
    pub answer_lost: u32,
    /// A poll delivers again what an earlier one has delivered.
    pub duplicated: u32,
    /// A poll delivers its records in another order, perhaps half of them after the others.
    pub reordered: u32,
    /// A commit fails, before or after it was done.
    pub commit_fails: u32,
    /// A poll takes some milliseconds.
    pub slow: u32,
}

/// A log in which things go wrong.
#[derive(Clone)]
pub struct Faulty<L> {
    log: L,
    chance: Chance,
}

/// A member of a group in which things go wrong.
pub struct FaultyMember<M> {
    member: M,
    chance: Chance,
    /// What was delivered last.
    before: Vec<Record>,
    /// What should have been delivered last.
    late: Vec<Record>,
}

#[derive(Clone)]
struct Chance {
    chances: Chances,
    random: Arc<Mutex<Random>>,
    happened: Arc<AtomicU64>,
}

impl Chance {
    fn comes(&self, percent: u32) -> bool {
        let comes = self.random.lock().below(100) < percent;
        self.happened.fetch_add(u64::from(comes), Relaxed);
        comes
    }

    fn below(&self, limit: usize) -> usize {
        let limit = u32::try_from(limit).expect("a batch is small");
        self.random.lock().below(limit) as usize
    }

    fn shuffle(&self, records: &mut [Record]) {
        for last in (1..records.len()).rev() {
            records.swap(last, self.below(last + 1));
        }
    }
}

impl<L> Faulty<L> {
    #[must_use]
    pub fn new(log: L, chances: Chances, seed: u64) -> Faulty<L> {
        let chance = Chance {
            chances,
            random: Arc::new(Mutex::new(Random::new(seed))),
            happened: Arc::default(),
        };
        Faulty { log, chance }
    }

    /// How often something went wrong.
    #[must_use]
    pub fn happened(&self) -> u64 {
        self.chance.happened.load(Relaxed)
    }
}

fn injected() -> LogError {
    LogError::Unavailable(Arc::new(io::Error::other("injected")))
}

impl<L: EventLog> EventLog for Faulty<L> {
    type Member = FaultyMember<L::Member>;

    fn partitions(&self) -> u32 {
        self.log.partitions()
    }

    async fn append(&self, batch: Arc<[NewRecord]>) -> Result<Positions, LogError> {
        if self.chance.comes(self.chance.chances.append_fails) {
            return Err(injected());
        }
        let ends = self.log.append(batch).await?;
        if self.chance.comes(self.chance.chances.answer_lost) {
            return Err(injected());
        }
        Ok(ends)
    }

    async fn ends(&self) -> Result<Positions, LogError> {
        self.log.ends().await
    }

    async fn read(&self, partition: u32, from: u64, max: usize) -> Result<Vec<Record>, LogError> {
        self.log.read(partition, from, max).await
    }

    async fn join(&self, group: &str) -> Result<Self::Member, LogError> {
        Ok(FaultyMember {
            member: self.log.join(group).await?,
            chance: self.chance.clone(),
            before: Vec::new(),
            late: Vec::new(),
        })
    }

    async fn close(self) -> Result<(), LogError> {
        self.log.close().await
    }
}

impl<M: Member> Member for FaultyMember<M> {
    async fn poll(&mut self, max: usize) -> Result<Polled, LogError> {
        let chances = self.chance.chances;
        if self.chance.comes(chances.slow) {
            sleep(Duration::from_millis(5)).await;
        }
        if !self.late.is_empty() {
            return Ok(Polled::Records(std::mem::take(&mut self.late)));
        }
        let polled = self.member.poll(max).await?;
        let Polled::Records(mut records) = polled else {
            return Ok(polled);
        };
        let delivered = records.clone();
        if self.chance.comes(chances.duplicated) {
            let at = self.chance.below(records.len() + 1);
            records.splice(at..at, self.before.iter().cloned());
            records.extend(delivered.iter().take(7).cloned());
        }
        if self.chance.comes(chances.reordered) {
            if records.len() > 1 && self.chance.below(2) == 0 {
                self.late = records.drain(..records.len() / 2).collect();
            }
            self.chance.shuffle(&mut records);
        }
        self.before = delivered;
        Ok(Polled::Records(records))
    }

    async fn seek(&mut self, partition: u32, position: u64) -> Result<(), LogError> {
        self.member.seek(partition, position).await
    }

    async fn commit(&mut self, positions: &Positions) -> Result<(), LogError> {
        if self.chance.comes(self.chance.chances.commit_fails) {
            if self.chance.below(2) == 0 {
                self.member.commit(positions).await?;
            }
            return Err(injected());
        }
        self.member.commit(positions).await
    }

    async fn leave(self) -> Result<(), LogError> {
        self.member.leave().await
    }
}
