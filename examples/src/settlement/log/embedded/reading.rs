//! What is read from the tables of the embedded log, and checked.

use std::collections::BTreeMap;

use rusqlite::{Connection, Row, params};

use super::super::{LogError, Positions, Record};
use super::committed::committed;
use super::records::{at, damage, ends, head, sum};

/// How many records are checked at a time.
const CHUNK: usize = 1000;

/// Reads and checks at most `max` records.
///
/// # Errors
///
/// [`LogError::Damaged`] at the first record that is not what was appended.
pub fn read(
    connection: &Connection,
    partition: u32,
    from: u64,
    max: usize,
) -> Result<Vec<Record>, LogError> {
    // All of it from one moment.
    let moment = connection
        .unchecked_transaction()
        .map_err(at(partition, from))?;
    let (end, last) = head(&moment, partition).map_err(at(partition, from))?;
    // The record before is read for its checksum.
    let mut expected = from.saturating_sub(1);
    let mut before = if expected == 0 && from == 0 {
        Some(0)
    } else {
        None
    };
    let select = format!(
        "SELECT offset, key, value, sum FROM partition_{partition}
        WHERE offset >= ?1 ORDER BY offset LIMIT ?2"
    );
    let select = moment.prepare_cached(&select);
    let mut select = select.map_err(at(partition, from))?;
    let limit = max.saturating_add(1);
    let rows = select.query(params![expected, i64::try_from(limit).unwrap_or(i64::MAX)]);
    let mut rows = rows.map_err(at(partition, from))?;
    let mut records = Vec::new();
    while records.len() < max
        && let Some(row) = rows.next().map_err(at(partition, expected))?
    {
        let (record, own) = parse(row, partition).map_err(at(partition, expected))?;
        if record.offset != expected || expected >= end {
            return Err(damage(partition, expected, "the record is missing"));
        }
        let sum = |before| sum(before, partition, expected, &record.key, &record.value);
        if before.is_some_and(|before| sum(before) != own) {
            return Err(damage(partition, expected, "the record has changed"));
        }
        if expected + 1 == end && own != last {
            return Err(damage(partition, expected, "it is not the last record"));
        }
        before = Some(own);
        if record.offset >= from {
            records.push(record);
        }
        expected += 1;
    }
    if records.len() < max && expected < end {
        return Err(damage(partition, expected, "the record is missing"));
    }
    Ok(records)
}

fn parse(row: &Row, partition: u32) -> rusqlite::Result<(Record, u32)> {
    let record = Record {
        partition,
        offset: row.get(0)?,
        key: row.get(1)?,
        value: row.get(2)?,
    };
    Ok((record, row.get(3)?))
}

/// Reads for a member of a group: at most `max` records in all, as evenly as they come. A position
/// that is not known is the one that the group has committed. Returns the positions that follow.
pub fn fetch(
    connection: &Connection,
    group: &str,
    positions: BTreeMap<u32, Option<u64>>,
    max: usize,
) -> Result<(Vec<Record>, Positions), LogError> {
    let mut records = Vec::new();
    let mut next = Positions::new();
    let mut left = positions.len();
    for (partition, position) in positions {
        let from = match position {
            Some(position) => position,
            None => committed(connection, group, partition).map_err(at(partition, 0))?,
        };
        let share = (max - records.len()).div_ceil(left);
        let read = read(connection, partition, from, share)?;
        next.insert(partition, from + read.len() as u64);
        records.extend(read);
        left -= 1;
    }
    Ok((records, next))
}

/// Checks every page and every record.
pub fn verify(connection: &Connection) -> Result<(), LogError> {
    let heads = ends(connection).map_err(at(0, 0))?;
    for (partition, end) in heads {
        let mut next = 0;
        while next < end {
            next += read(connection, partition, next, CHUNK)?.len() as u64;
        }
    }
    let check = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0));
    let found: String = check.map_err(at(0, 0))?;
    if found == "ok" {
        Ok(())
    } else {
        Err(LogError::damaged("log.db", None, found))
    }
}
