//! Where the groups are: the positions that their members have committed.

use rusqlite::{Connection, OptionalExtension, params};

use super::super::{LogError, Positions};
use super::records::at;

/// The position in one partition; its first record, if none was committed.
pub fn committed(connection: &Connection, group: &str, partition: u32) -> rusqlite::Result<u64> {
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

/// Commits positions within a transaction that the writer ends.
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
