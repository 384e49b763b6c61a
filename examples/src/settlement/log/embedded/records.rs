//! The tables of the embedded log, and what is appended to them.

use std::collections::BTreeMap;
use std::sync::Arc;

use rusqlite::{Connection, ErrorCode, params};

use super::super::{LogError, NewRecord, Positions};
use super::reading::read;

/// `heads` says where each partition ends, and what the checksum of its last record is. A record's
/// checksum covers the one of the record before it.
///
/// Each partition has a table of its own: SQLite is quickest where it only ever appends.
pub const TABLES: &str = "
    CREATE TABLE heads (
        partition INTEGER PRIMARY KEY, next INTEGER NOT NULL, sum INTEGER NOT NULL
    );
    CREATE TABLE committed (
        grp TEXT, partition INTEGER, next INTEGER NOT NULL,
        PRIMARY KEY (grp, partition)
    ) WITHOUT ROWID;
";

pub(super) fn damage(partition: u32, offset: u64, what: impl Into<String>) -> LogError {
    LogError::damaged("log.db", Some((partition, offset)), what)
}

/// What SQLite cannot read at a record is damage of that record; anything else may pass.
pub(super) fn at(partition: u32, offset: u64) -> impl Fn(rusqlite::Error) -> LogError {
    move |error| match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) | None => {
            damage(partition, offset, error.to_string())
        }
        Some(_) => LogError::Unavailable(Arc::new(error)),
    }
}

pub(super) fn sum(before: u32, partition: u32, offset: u64, key: &[u8], value: &[u8]) -> u32 {
    let mut head = [0; 24]; // in one piece: each `update` has its price
    head[..4].copy_from_slice(&before.to_be_bytes());
    head[4..8].copy_from_slice(&partition.to_be_bytes());
    head[8..16].copy_from_slice(&offset.to_be_bytes());
    head[16..].copy_from_slice(&(key.len() as u64).to_be_bytes());
    let mut sum = crc32fast::Hasher::new();
    sum.update(&head);
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

pub(super) fn head(connection: &Connection, partition: u32) -> rusqlite::Result<(u64, u32)> {
    let head = "SELECT next, sum FROM heads WHERE partition = ?1";
    let mut head = connection.prepare_cached(head)?;
    head.query_row([partition], |row| Ok((row.get(0)?, row.get(1)?)))
}

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

/// The table does not end where its head says.
fn corrupt() -> rusqlite::Error {
    let corrupt = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_CORRUPT);
    rusqlite::Error::SqliteFailure(corrupt, Some("it does not end at its head".into()))
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
        // SQLite counts on from the last one: quicker than to look for the place of a given one.
        let given = (offset == 0).then_some(0);
        insert.execute(params![given, key, value, last])?;
        if connection.last_insert_rowid() != offset.cast_signed() {
            return Err(corrupt());
        }
        offset += 1;
    }
    let move_head = "UPDATE heads SET next = ?2, sum = ?3 WHERE partition = ?1";
    let mut move_head = connection.prepare_cached(move_head)?;
    move_head.execute(params![partition, offset, last])?;
    Ok(offset)
}
