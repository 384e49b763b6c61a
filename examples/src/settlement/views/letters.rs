//! Dead letters: records that were given up, with the reason.

use std::collections::BTreeSet;

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::super::event::{Event, EventId};
use super::super::log::Record;
use super::super::store::StoreError;
use super::{Rule, tables};

/// A record that was given up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    pub id: u64,
    pub partition: u32,
    pub offset: u64,
    /// Unless it is no event.
    pub event: Option<EventId>,
    pub value: Vec<u8>,
    pub reason: String,
    /// How often it was tried before.
    pub tries: u32,
    /// Somebody has given it up for good.
    pub dropped: bool,
}

/// Why a dead letter stays where it is.
#[derive(Debug, thiserror::Error)]
pub enum NoLetter {
    #[error("there is no dead letter {0} that waits: `settlement dead-letters list` shows them")]
    Unknown(u64),
    #[error("dead letter {id} is refused again: {reason}")]
    Refused { id: u64, reason: String },
    #[error(transparent)]
    Store(#[from] StoreError),
}

fn parse(row: &Row) -> rusqlite::Result<Letter> {
    let account: Option<u32> = row.get(3)?;
    let number: Option<u64> = row.get(4)?;
    let event = account.zip(number);
    Ok(Letter {
        id: row.get(0)?,
        partition: row.get(1)?,
        offset: row.get(2)?,
        event: event.map(|(account, number)| EventId { account, number }),
        value: row.get(5)?,
        reason: row.get(6)?,
        tries: row.get(7)?,
        dropped: row.get(8)?,
    })
}

pub fn all(connection: &Connection) -> rusqlite::Result<Vec<Letter>> {
    let mut select = connection.prepare_cached("SELECT * FROM dead_letters ORDER BY id")?;
    select.query_map([], parse)?.collect()
}

pub fn put(
    connection: &Connection,
    record: &Record,
    event: Option<EventId>,
    reason: &str,
    tries: u32,
) -> rusqlite::Result<()> {
    let put = "INSERT INTO dead_letters
        (partition, offset, account, number, value, reason, tries)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    let mut put = connection.prepare_cached(put)?;
    put.execute(params![
        record.partition,
        record.offset,
        event.map(|id| id.account),
        event.map(|id| id.number),
        record.value,
        reason,
        tries,
    ])?;
    Ok(())
}

/// The events that were given up for good.
pub fn dropped(connection: &Connection) -> rusqlite::Result<BTreeSet<EventId>> {
    let select = "SELECT account, number FROM dead_letters
        WHERE dropped AND account IS NOT NULL";
    let mut select = connection.prepare_cached(select)?;
    let dropped = select.query_map([], |row| {
        Ok(EventId {
            account: row.get(0)?,
            number: row.get(1)?,
        })
    })?;
    dropped.collect()
}

/// Whether these bytes, which are no event, were given up for good.
pub fn is_dropped(connection: &Connection, value: &[u8]) -> rusqlite::Result<bool> {
    let select = "SELECT 1 FROM dead_letters
        WHERE dropped AND account IS NULL AND value = ?1";
    connection.prepare_cached(select)?.exists([value])
}

fn waiting(connection: &Connection, id: u64) -> Result<Letter, NoLetter> {
    let select = "SELECT * FROM dead_letters WHERE id = ?1 AND NOT dropped";
    let letter = connection.query_row(select, [id], parse).optional();
    letter.map_err(stored)?.ok_or(NoLetter::Unknown(id))
}

pub fn retry(connection: &Connection, id: u64, rule: &Rule) -> Result<Event, NoLetter> {
    let letter = waiting(connection, id)?;
    let refused = |reason| NoLetter::Refused { id, reason };
    let event = Event::read(&letter.value).map_err(|error| refused(error.reason))?;
    rule(&event).map_err(refused)?;
    let store = || {
        let mut balance = tables::balance(connection, event.account)?;
        let Some(cents) = balance.cents.checked_add(event.gain()) else {
            return Ok(false);
        };
        balance.cents = cents;
        tables::store(connection, event.account, balance)?;
        connection.execute("DELETE FROM dead_letters WHERE id = ?1", [id])?;
        Ok(true)
    };
    if store().map_err(stored)? {
        Ok(event)
    } else {
        Err(refused("the balance would overflow".into()))
    }
}

pub fn give_up(connection: &Connection, id: u64) -> Result<(), NoLetter> {
    waiting(connection, id)?;
    let give_up = "UPDATE dead_letters SET dropped = 1 WHERE id = ?1";
    connection.execute(give_up, [id]).map_err(stored)?;
    Ok(())
}

fn stored(error: rusqlite::Error) -> NoLetter {
    NoLetter::Store(StoreError::new("views.db", error))
}
