//! The contract of a log as checks that run against every implementation: the embedded log in
//! `cargo test`, Kafka in the wide checks.

mod groups;
mod records;

use std::collections::BTreeSet;
use std::future::Future;
use std::time::Duration;

use tokio::time::timeout;

use super::{EventLog, Member, NewRecord, Polled, Record};

/// Makes logs to check.
pub trait Maker: Sync {
    type Log: EventLog;

    /// How long a group may take to change its assignment, a session that timed out included.
    const PATIENCE: Duration;

    /// Opens the log of this name, and creates it with so many partitions if there is none.
    fn open(&self, name: &str, partitions: u32) -> impl Future<Output = Self::Log> + Send;
}

/// Checks everything that [`super`] promises and one process can see.
///
/// # Panics
///
/// If a promise is broken; the message says which.
pub async fn hold(maker: &impl Maker) {
    // At the same time: a log with sessions waits a lot.
    tokio::join!(
        records::are_in_order(maker),
        records::are_there_again_when_it_is_opened_again(maker),
        records::are_read_outside_of_a_group(maker),
        groups::a_lone_member_owns_everything(maker),
        groups::what_was_committed_is_where_the_next_member_starts(maker),
        groups::a_seek_repeats_records(maker),
        groups::a_dropped_poll_loses_nothing(maker),
        groups::a_second_member_takes_over_what_the_first_gives_up(maker),
        groups::a_member_that_leaves_gives_all_to_the_other(maker),
        groups::a_member_that_is_dropped_gives_all_to_the_other(maker),
        groups::nothing_is_committed_for_a_partition_of_another(maker),
        groups::groups_do_not_disturb_each_other(maker),
    );
}

/// Record number `n` of a test, in partition `n % partitions`.
fn record(n: u32, partitions: u32) -> NewRecord {
    NewRecord {
        partition: n % partitions,
        key: n.to_be_bytes().to_vec(),
        value: format!("record {n}").into_bytes(),
    }
}

fn number(record: &Record) -> u32 {
    let key = record.key.as_slice().try_into();
    u32::from_be_bytes(key.expect("the key of a test's record"))
}

async fn append(log: &impl EventLog, numbers: impl IntoIterator<Item = u32>) {
    let partitions = log.partitions();
    let batch = numbers.into_iter().map(|n| record(n, partitions)).collect();
    log.append(batch).await.expect("the log takes a batch");
}

/// A member and what it was told.
struct Seen<M> {
    member: M,
    owned: BTreeSet<u32>,
    records: Vec<Record>,
}

impl<M: Member> Seen<M> {
    async fn join<L: EventLog<Member = M>>(log: &L, group: &str) -> Seen<M> {
        Seen {
            member: log.join(group).await.expect("the group takes a member"),
            owned: BTreeSet::new(),
            records: Vec::new(),
        }
    }

    /// Polls once and keeps the books.
    async fn poll(&mut self) -> Polled {
        let polled = self.member.poll(10).await.expect("the log answers a poll");
        match &polled {
            Polled::Assigned(partitions) => self.owned.extend(partitions),
            Polled::Revoked(partitions) | Polled::Lost(partitions) => {
                self.owned.retain(|owned| !partitions.contains(owned));
            }
            Polled::Records(records) => {
                assert!(!records.is_empty(), "a poll delivered no record");
                for record in records {
                    let owned = self.owned.contains(&record.partition);
                    assert!(owned, "{record:?} is not of an owned partition");
                }
                self.records.extend(records.iter().cloned());
            }
        }
        polled
    }

    /// Polls until `enough`.
    async fn until<Mk: Maker>(&mut self, _: &Mk, enough: impl Fn(&Seen<M>) -> bool, what: &str) {
        let polls = async {
            while !enough(self) {
                self.poll().await;
            }
        };
        let done = timeout(Mk::PATIENCE, polls).await;
        done.unwrap_or_else(|_| panic!("it takes too long until {what}"));
    }

    /// The numbers of the records, sorted.
    fn numbers(&self) -> Vec<u32> {
        let mut numbers: Vec<_> = self.records.iter().map(number).collect();
        numbers.sort_unstable();
        numbers
    }
}
