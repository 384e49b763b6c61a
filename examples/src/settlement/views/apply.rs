//! Applies a batch within one transaction.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::Connection;

use super::super::event::{Event, EventId};
use super::super::log::{Positions, Record};
use super::super::store::StoreError;
use super::{Applied, ApplyError, Balance, Batch, RecordId, Rule, letters, tables};

/// What the transaction has changed so far.
struct Books<'a> {
    connection: &'a Connection,
    rule: &'a Rule,
    dead: BTreeMap<RecordId, (String, u32)>,
    /// Events that were given up for good. The views may be made anew.
    dropped: BTreeSet<EventId>,
    sought: BTreeSet<(u32, u64)>,
    positions: Positions,
    accounts: BTreeMap<u32, Balance>,
    done: Applied,
}

pub fn apply(connection: &Connection, batch: Batch, rule: &Rule) -> Result<Applied, ApplyError> {
    let mut books = Books {
        connection,
        rule,
        dead: batch.dead,
        dropped: letters::dropped(connection).map_err(failed)?,
        sought: batch.sought,
        positions: Positions::new(),
        accounts: BTreeMap::new(),
        done: Applied::default(),
    };
    let mut held_up = BTreeSet::new();
    for record in &*batch.records {
        if held_up.contains(&record.partition) || books.take(record)? == Taken::No {
            held_up.insert(record.partition);
            books.done.rest.push(record.clone());
        }
    }
    // What lies behind a hole is delivered again.
    let holes = &books.done.holes;
    books
        .done
        .rest
        .retain(|record| !holes.contains_key(&record.partition));
    books.store()
}

#[derive(PartialEq)]
enum Taken {
    Yes,
    /// It and what follows it in its partition have to wait.
    No,
}

impl Books<'_> {
    // ANCHOR: take
    fn take(&mut self, record: &Record) -> Result<Taken, ApplyError> {
        let (partition, offset) = (record.partition, record.offset);
        let position = self.position(partition)?;
        if offset < position {
            self.done.redelivered += 1;
            return Ok(Taken::Yes);
        }
        let asked = self.sought.contains(&(partition, position));
        if offset > position && !asked {
            self.done.holes.insert(partition, position);
            return Ok(Taken::No);
        }
        match Event::read(&record.value) {
            Ok(event) => {
                let due = self.is_next(event.id(), record)?;
                if due && !self.apply(&event, record)? {
                    return Ok(Taken::No);
                }
            }
            Err(unreadable) => {
                let id = unreadable.id;
                let is_next = |id| self.is_next(id, record);
                let due = id.map_or(Ok(true), is_next)?;
                if due {
                    self.bury(record, id, &unreadable.reason, 0)?;
                }
            }
        }
        self.positions.insert(partition, offset + 1);
        Ok(Taken::Yes)
    }
    // ANCHOR_END: take

    /// Whether this is the account's next event, not a second copy of an old one.
    fn is_next(&mut self, id: EventId, record: &Record) -> Result<bool, ApplyError> {
        let has = self.balance(id.account)?.number;
        if id.number <= has {
            self.done.copies += 1;
            return Ok(false);
        }
        if id.number > has + 1 {
            return Err(ApplyError::Missing {
                found: id,
                has,
                partition: record.partition,
                offset: record.offset,
            });
        }
        Ok(true)
    }

    /// Applies an event, or buries it; false if it has to wait.
    fn apply(&mut self, event: &Event, record: &Record) -> Result<bool, ApplyError> {
        if self.dropped.contains(&event.id()) {
            self.pass(event.id())?;
            return Ok(true);
        }
        let place = (record.partition, record.offset);
        if let Some((reason, tries)) = self.dead.get(&place).cloned() {
            self.bury(record, Some(event.id()), &reason, tries)?;
            return Ok(true);
        }
        let balance = self.balance(event.account)?;
        let sum = balance.cents.checked_add(event.gain());
        let sum = sum.ok_or_else(|| "the balance would overflow".to_owned());
        match (self.rule)(event).and(sum) {
            Ok(cents) => {
                let number = event.number;
                self.accounts
                    .insert(event.account, Balance { cents, number });
                self.done.applied += 1;
                Ok(true)
            }
            Err(reason) => {
                self.done.refused.push((place, reason));
                Ok(false)
            }
        }
    }

    /// Makes a record a dead letter, and goes past it.
    fn bury(
        &mut self,
        record: &Record,
        event: Option<EventId>,
        reason: &str,
        tries: u32,
    ) -> Result<(), ApplyError> {
        let dropped = match event {
            Some(id) => {
                self.pass(id)?;
                self.dropped.contains(&id)
            }
            None => letters::is_dropped(self.connection, &record.value).map_err(failed)?,
        };
        if !dropped {
            self.done.dead += 1;
            let put = letters::put(self.connection, record, event, reason, tries);
            put.map_err(failed)?;
        }
        Ok(())
    }

    /// Counts an event that has no effect.
    fn pass(&mut self, id: EventId) -> Result<(), ApplyError> {
        let mut balance = self.balance(id.account)?;
        balance.number = id.number;
        self.accounts.insert(id.account, balance);
        Ok(())
    }

    fn position(&mut self, partition: u32) -> Result<u64, ApplyError> {
        if let Some(&position) = self.positions.get(&partition) {
            return Ok(position);
        }
        let position = tables::position(self.connection, partition).map_err(failed)?;
        self.positions.insert(partition, position);
        Ok(position)
    }

    fn balance(&mut self, account: u32) -> Result<Balance, ApplyError> {
        if let Some(&balance) = self.accounts.get(&account) {
            return Ok(balance);
        }
        let balance = tables::balance(self.connection, account).map_err(failed)?;
        self.accounts.insert(account, balance);
        Ok(balance)
    }

    fn store(self) -> Result<Applied, ApplyError> {
        for (partition, next) in self.positions {
            tables::move_to(self.connection, partition, next).map_err(failed)?;
        }
        for (account, balance) in self.accounts {
            tables::store(self.connection, account, balance).map_err(failed)?;
        }
        Ok(self.done)
    }
}

fn failed(error: rusqlite::Error) -> ApplyError {
    StoreError::new("views.db", error).into()
}
