//! The log: what the settlement program needs from it, whether it is the embedded one or Kafka.
//!
//! [`contract::hold`] is the same in code: it runs against every implementation.
//!
//! A log has a fixed number of partitions, from 0. A partition is a sequence of records; a record's
//! offset is its place in it. A *position* is the offset of the record to read next: who has read
//! record 7 is at position 8. Offsets rise; nobody promises that they rise by one (Kafka spends
//! some on its own marks).
//!
//! # What a log promises
//!
//! - **Durable**: what [`EventLog::append`] has acknowledged is there after the machine has lost
//!   its power, to the degree that the medium keeps its promises.
//! - **In order**: records of a partition are delivered in the order of their offsets, and get
//!   their offsets in the order of the batch. A batch that failed may be there, partly or fully,
//!   each partition's part from its front. So append it again from its start, before anything else:
//!   then the first copies of all records stand in their order.
//! - **At least once**: a record can be delivered again, at the same offset or as a second copy at
//!   a later one. To apply it once is the subscriber's work.
//! - **To one member of a group**: a partition belongs to at most one member at a time, as far as
//!   the log can know. A member that was away too long may think that it owns what another has.

pub mod contract;
pub mod embedded;
#[cfg(feature = "kafka")]
pub mod kafka;

use std::collections::BTreeMap;
use std::sync::Arc;

/// A position for each partition that is meant.
pub type Positions = BTreeMap<u32, u64>;

/// What [`EventLog::append`] writes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRecord {
    pub partition: u32,
    pub key: Vec<u8>,
    pub value: Vec<u8>,
}

/// What a log delivers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    pub partition: u32,
    pub offset: u64,
    pub key: Vec<u8>,
    pub value: Vec<u8>,
}

/// What [`Member::poll`] has to tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Polled {
    /// The member owns these partitions from now on. Each starts at the position that the group
    /// has committed, at its first record if there is none, or where [`Member::seek`] says.
    Assigned(Vec<u32>),
    /// The member gives these partitions up **at its next poll**. Until then they are its own:
    /// finish, store, [`Member::commit`], then poll.
    Revoked(Vec<u32>),
    /// These partitions are another's already. Commit nothing for them.
    Lost(Vec<u32>),
    /// At least one record, of partitions that the member owns.
    Records(Vec<Record>),
}

/// Why a log did not do what it should.
#[derive(Clone, Debug, thiserror::Error)]
pub enum LogError {
    /// The same call may succeed later: a lock, a broker, a full disk.
    #[error("the log is not available: {0}")]
    Unavailable(Arc<dyn std::error::Error + Send + Sync>),
    /// It was made with another number of partitions. With this one, keys would move.
    #[error("the log has {has} partitions, not {wanted}")]
    Partitions { has: u32, wanted: u32 },
    /// The partition is another member's.
    #[error("partition {partition} is no longer this member's")]
    Fenced { partition: u32 },
    /// Records are lost or changed. No later call mends that.
    #[error(transparent)]
    Damaged(#[from] Damage),
    /// It was closed, by this program.
    #[error("the log is closed")]
    Closed,
}

/// What is wrong with a log, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{log} is damaged{}: {what}", place(*.partition, *.offset))]
pub struct Damage {
    /// A file, or a topic.
    pub log: String,
    pub partition: Option<u32>,
    /// The first record that cannot be trusted; every record before it can.
    pub offset: Option<u64>,
    pub what: String,
}

impl LogError {
    /// Damage of a log, at a record if that is known.
    #[must_use]
    pub fn damaged(log: &str, record: Option<(u32, u64)>, what: impl Into<String>) -> LogError {
        LogError::Damaged(Damage {
            log: log.into(),
            partition: record.map(|(partition, _)| partition),
            offset: record.map(|(_, offset)| offset),
            what: what.into(),
        })
    }
}

fn place(partition: Option<u32>, offset: Option<u64>) -> String {
    let partition = partition.map(|partition| format!(" in partition {partition}"));
    let offset = offset.map(|offset| format!(" at offset {offset}"));
    partition.unwrap_or_default() + &offset.unwrap_or_default()
}

/// A log with partitions. Clones are handles to the same one.
///
/// Whatever owns files, threads or sockets is dropped on a thread of its own, not where the last
/// handle is dropped: that may be a worker of the runtime.
pub trait EventLog: Clone + Send + Sync + 'static {
    type Member: Member;

    /// How many partitions there are.
    fn partitions(&self) -> u32;

    /// Appends a batch, and returns the position after it in every partition that it touched.
    /// `Ok` means durable.
    ///
    /// After an error, and if this future is dropped, nobody knows how much of the batch is in
    /// the log. Append all of it again, before anything else of these partitions.
    fn append(
        &self,
        batch: Arc<[NewRecord]>,
    ) -> impl Future<Output = Result<Positions, LogError>> + Send;

    /// The position after the last record of every partition. It can be dropped.
    fn ends(&self) -> impl Future<Output = Result<Positions, LogError>> + Send;

    /// At most `max` records of a partition, the first one at `from` or after it, as a member of no
    /// group: for reconciliation. Returns none at the end. It can be dropped.
    fn read(
        &self,
        partition: u32,
        from: u64,
        max: usize,
    ) -> impl Future<Output = Result<Vec<Record>, LogError>> + Send;

    /// Becomes a member of a group. What it owns, its first polls tell. If this future is dropped,
    /// the log drops the member.
    fn join(&self, group: &str) -> impl Future<Output = Result<Self::Member, LogError>> + Send;

    /// Waits until everything that was begun has ended and nothing of it runs any more. Members
    /// should have left. If this future is dropped, it ends all the same, and nobody waits.
    fn close(self) -> impl Future<Output = Result<(), LogError>> + Send;
}

/// A member of a consumer group.
///
/// A member that is dropped without [`Member::leave`] commits nothing, and does not block. Its
/// partitions are another's at once (embedded), or when its session has timed out (Kafka).
pub trait Member: Send + 'static {
    /// Waits for the next thing that concerns this member; at most `max` records come at a time.
    ///
    /// A member that should keep its partitions has to poll, before the log's patience ends
    /// (Kafka: `max.poll.interval.ms`, five minutes). If this future is dropped, nothing is lost:
    /// the next poll tells it. But a poll that has begun gives up what was revoked before it.
    fn poll(&mut self, max: usize) -> impl Future<Output = Result<Polled, LogError>> + Send;

    /// Makes the next record of an owned partition the one at `position`, or the first after it.
    /// If this future is dropped, the partition is where it was or where it should be.
    ///
    /// Fails with [`LogError::Fenced`] if the partition is not owned.
    fn seek(
        &mut self,
        partition: u32,
        position: u64,
    ) -> impl Future<Output = Result<(), LogError>> + Send;

    /// Tells the log how far the group is, where a member without a [`seek`](Member::seek) would
    /// start. `Ok` means that the log has stored it. If this future is dropped, it may have.
    ///
    /// Fails with [`LogError::Fenced`] if one of the partitions is not owned; then none is stored.
    fn commit(
        &mut self,
        positions: &Positions,
    ) -> impl Future<Output = Result<(), LogError>> + Send;

    /// Gives up all partitions and leaves the group. What was not committed stays uncommitted. If
    /// this future is dropped, the member is, too.
    fn leave(self) -> impl Future<Output = Result<(), LogError>> + Send;
}
