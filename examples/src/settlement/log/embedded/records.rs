//! The tables of the embedded log, and what is read from them and written to them.

use std::collections::BTreeMap;
use std::sync::Arc;

use rusqlite::{Connection, ErrorCode, OptionalExtension, Row, params};

use super::super::{LogError, NewRecord, Positions, Record};

/// `heads` says where each partition ends, and what the checksum of its last record is. A record's
/// checksum covers the one of the record before it.
///
/// Each partition has a table of its own: SQLite is quickest where it only ever appends.
pub const TABLES: &str = "
    CREATE TABLE IF NOT EXISTS heads (
        partition INTEGER PRIMARY KEY, next INTEGER NOT NULL, sum INTEGER NOT NULL
    );
    CREATE TABLE IF NOT EXISTS committed (
        grp TEXT, partition INTEGER, next INTEGER NOT NULL,
        PRIMARY KEY (grp, partition)
    ) WITHOUT ROWID;
";

/// How many records are checked at a time.
const CHUNK: usize = 1000;

fn damage(partition: u32, offset: u64, what: impl Into<String>) -> LogError {
    LogError::damaged("log.db", Some((partition, offset)), what)
}

/// What SQLite cannot read at a record is damage of that record; anything else may pass.
fn at(partition: u32, offset: u64) -> impl Fn(rusqlite::Error) -> LogError {
    move |error| match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) | None => {
            damage(partition, offset, error.to_string())
        }
        Some(_) => LogError::Unavailable(Arc::new(error)),
    }
}

fn sum(before: u32, partition: u32, offset: u64, key: &[u8], value: &[u8]) -> u32 {
    let mut sum = crc32fast::Hasher::new();
    sum.update(&before.to_be_bytes());
    sum.update(&partition.to_be_bytes());
    sum.update(&offset.to_be_bytes());
    sum.update(&key.len().to_be_bytes());
    sum.update(key);
    sum.update(value);
    sum.finalize()
}

/// Makes the heads of a new log, checks the heads of an old one against their last records, and
/// returns where each partition ends.
pub fn heads(connection: &Connection, partitions: u32) -> Result<Positions, LogError> {
    let found = ends(connection).map_err(at(0, 0))?;
    if found.is_empty() {
        let make = || {
            connection.execute_batch("BEGIN IMMEDIATE")?;
            for partition in 0..partitions {
                connection.execute("INSERT INTO heads VALUES (?1, 0, 0)", [partition])?;
                connection.execute_batch(&format!(
                    "CREATE TABLE partition_{partition} (
                        offset INTEGER PRIMARY KEY, key BLOB, value BLOB, sum INTEGER
                    )"
                ))?;
            }
            connection.execute_batch("COMMIT")?;
            ends(connection)
        };
        return make().map_err(at(0, 0));
    }
    let has = u32::try_from(found.len()).unwrap_or(u32::MAX);
    if has != partitions || !found.keys().copied().eq(0..partitions) {
        let wanted = partitions;
        return Err(LogError::Partitions { has, wanted });
    }
    for (&partition, &end) in &found {
        read(connection, partition, end.saturating_sub(1), 1)?;
    }
    Ok(found)
}

pub fn ends(connection: &Connection) -> rusqlite::Result<Positions> {
    let mut heads = connection.prepare_cached("SELECT partition, next FROM heads")?;
    let ends = heads.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    ends.collect()
}

fn head(connection: &Connection, partition: u32) -> rusqlite::Result<(u64, u32)> {
    let head = "SELECT next, sum FROM heads WHERE partition = ?1";
    let mut head = connection.prepare_cached(head)?;
    head.query_row([partition], |row| Ok((row.get(0)?, row.get(1)?)))
}

// ANCHOR: append
/// Appends within a transaction that the writer ends.
pub fn append(connection: &Connection, batch: &[NewRecord]) -> Result<Positions, LogError> {
    let mut partitions: BTreeMap<u32, Vec<&NewRecord>> = BTreeMap::new();
    for record in batch {
        partitions.entry(record.partition).or_default().push(record);
    }
    let mut ends = Positions::new();
    for (partition, records) in partitions {
        let end = append_to(connection, partition, &records).map_err(at(partition, 0))?;
        ends.insert(partition, end);
    }
    Ok(ends)
}

fn append_to(
    connection: &Connection,
    partition: u32,
    records: &[&NewRecord],
) -> rusqlite::Result<u64> {
    let (mut offset, mut last) = head(connection, partition)?;
    let insert = format!("INSERT INTO partition_{partition} VALUES (?1, ?2, ?3, ?4)");
    let mut insert = connection.prepare_cached(&insert)?;
    for NewRecord { key, value, .. } in records {
        last = sum(last, partition, offset, key, value);
        insert.execute(params![offset, key, value, last])?;
        offset += 1;
    }
    let move_head = "UPDATE heads SET next = ?2, sum = ?3 WHERE partition = ?1";
    let mut move_head = connection.prepare_cached(move_head)?;
    move_head.execute(params![partition, offset, last])?;
    Ok(offset)
}
// ANCHOR_END: append

// ANCHOR: read
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
// ANCHOR_END: read

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

fn committed(connection: &Connection, group: &str, partition: u32) -> rusqlite::Result<u64> {
    let committed = "SELECT next FROM committed WHERE grp = ?1 AND partition = ?2";
    let mut committed = connection.prepare_cached(committed)?;
    let next = committed.query_row(params![group, partition], |row| row.get(0));
    Ok(next.optional()?.unwrap_or(0))
}

/// The position that a group has committed in each partition.
pub fn all_committed(
    connection: &Connection,
    group: &str,
    partitions: u32,
) -> Result<Positions, LogError> {
    let position = |partition| {
        let next = committed(connection, group, partition).map_err(at(partition, 0))?;
        Ok((partition, next))
    };
    (0..partitions).map(position).collect()
}

pub fn commit(connection: &Connection, group: &str, next: &Positions) -> Result<(), LogError> {
    let store = "INSERT INTO committed VALUES (?1, ?2, ?3)
        ON CONFLICT DO UPDATE SET next = excluded.next";
    let mut store = connection.prepare_cached(store).map_err(at(0, 0))?;
    for (partition, next) in next {
        let stored = store.execute(params![group, partition, next]);
        stored.map_err(at(*partition, *next))?;
    }
    Ok(())
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
