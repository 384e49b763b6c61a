//! The tables of the command log.

use std::sync::Arc;

use rusqlite::{Connection, Row, params};

use super::super::event::{Event, EventId, Kind, Trade, VERSION};
use super::super::log::{NewRecord, Positions};
use super::{Poison, Progress, Setup};

/// A record of the outbox that is no event has no account, number and gain.
pub const TABLES: &str = "
    CREATE TABLE setup (
        seed INTEGER, accounts INTEGER, partitions INTEGER, poison INTEGER
    );
    CREATE TABLE commands (
        trade INTEGER PRIMARY KEY, payer INTEGER, payee INTEGER, cents INTEGER
    );
    CREATE TABLE accounts (
        account INTEGER PRIMARY KEY, number INTEGER NOT NULL
    );
    CREATE TABLE outbox (
        id INTEGER PRIMARY KEY, account INTEGER, number INTEGER, gain INTEGER,
        partition INTEGER NOT NULL, key BLOB NOT NULL, value BLOB NOT NULL
    );
    CREATE TABLE published (
        one INTEGER PRIMARY KEY CHECK (one = 1), last INTEGER NOT NULL
    );
    CREATE TABLE acknowledged (
        partition INTEGER PRIMARY KEY, next INTEGER NOT NULL
    );
    INSERT INTO published VALUES (1, 0);
";

/// Stores the setup of a new directory, or returns that of an old one.
pub fn setup(connection: &Connection, new: Setup) -> rusqlite::Result<Setup> {
    let store = "INSERT INTO setup SELECT ?1, ?2, ?3, ?4 WHERE NOT EXISTS (SELECT * FROM setup)";
    let seed = new.seed.cast_signed();
    connection.execute(
        store,
        params![seed, new.accounts, new.partitions, new.poison],
    )?;
    connection.query_row("SELECT * FROM setup", [], |row| {
        Ok(Setup {
            seed: row.get::<_, i64>(0)?.cast_unsigned(),
            accounts: row.get(1)?,
            partitions: row.get(2)?,
            poison: row.get(3)?,
        })
    })
}

pub fn progress(connection: &Connection) -> rusqlite::Result<Progress> {
    let progress = "SELECT
        (SELECT coalesce(max(trade), 0) FROM commands),
        (SELECT coalesce(max(id), 0) FROM outbox),
        (SELECT last FROM published)";
    let mut progress = connection.prepare_cached(progress)?;
    progress.query_row([], |row| {
        Ok(Progress {
            trades: row.get(0)?,
            written: row.get(1)?,
            published: row.get(2)?,
        })
    })
}

/// Writes commands and their events within one transaction.
pub fn submit(connection: &Connection, setup: Setup, trades: &[Trade]) -> rusqlite::Result<()> {
    let command = "INSERT OR IGNORE INTO commands VALUES (?1, ?2, ?3, ?4)";
    let mut command = connection.prepare_cached(command)?;
    // ANCHOR: outbox
    for trade in trades {
        let Trade { id, payer, .. } = *trade;
        let (payee, cents) = (trade.payee, trade.cents);
        if command.execute(params![id, payer, payee, cents])? == 0 {
            continue; // it was submitted before
        }
        for (account, gain) in trade.sides() {
            let number = next_number(connection, account)?;
            let event = event(setup, trade, account, number);
            let record = event.record(setup.partitions);
            put(connection, Some((event.id(), gain)), &record)?;
        }
        if setup.poison(id) == Some(Poison::Bytes) {
            put(connection, None, &noise(setup, trade))?;
        }
    }
    // ANCHOR_END: outbox
    Ok(())
}

/// What a trade does to one of its accounts.
fn event(setup: Setup, trade: &Trade, account: u32, number: u64) -> Event {
    let credit = account == trade.payee;
    let unknown = credit && setup.poison(trade.id) == Some(Poison::Version);
    Event {
        version: VERSION + u16::from(unknown),
        account,
        number,
        trade: trade.id,
        kind: if credit { Kind::Credit } else { Kind::Debit },
        cents: trade.cents,
    }
}

/// What another program might have written to the log.
fn noise(setup: Setup, trade: &Trade) -> NewRecord {
    let value = format!("{{\"version\":1,\"acc{}", trade.id);
    NewRecord {
        partition: trade.payee % setup.partitions,
        key: trade.payee.to_string().into_bytes(),
        value: value.into_bytes(),
    }
}

fn next_number(connection: &Connection, account: u32) -> rusqlite::Result<u64> {
    let next = "INSERT INTO accounts VALUES (?1, 1)
        ON CONFLICT DO UPDATE SET number = number + 1 RETURNING number";
    let mut next = connection.prepare_cached(next)?;
    next.query_row([account], |row| row.get(0))
}

pub fn last_number(connection: &Connection, account: u32) -> rusqlite::Result<u64> {
    let last = "SELECT coalesce(max(number), 0) FROM accounts WHERE account = ?1";
    let mut last = connection.prepare_cached(last)?;
    last.query_row([account], |row| row.get(0))
}

fn put(
    connection: &Connection,
    event: Option<(EventId, i64)>,
    record: &NewRecord,
) -> rusqlite::Result<()> {
    let put = "INSERT INTO outbox (account, number, gain, partition, key, value)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    let mut put = connection.prepare_cached(put)?;
    put.execute(params![
        event.map(|(id, _)| id.account),
        event.map(|(id, _)| id.number),
        event.map(|(_, gain)| gain),
        record.partition,
        record.key,
        record.value,
    ])?;
    Ok(())
}

pub fn unpublished(
    connection: &Connection,
    max: usize,
) -> rusqlite::Result<Option<(u64, Arc<[NewRecord]>)>> {
    let select = "SELECT partition, key, value, id FROM outbox
        WHERE id > (SELECT last FROM published) ORDER BY id LIMIT ?1";
    let mut select = connection.prepare_cached(select)?;
    let mut last = None;
    let record = |row: &Row| {
        last = Some(row.get(3)?);
        Ok(NewRecord {
            partition: row.get(0)?,
            key: row.get(1)?,
            value: row.get(2)?,
        })
    };
    let records = select.query_map([max], record)?;
    let records = records.collect::<rusqlite::Result<Arc<[_]>>>()?;
    Ok(last.map(|last| (last, records)))
}

pub fn published(connection: &Connection, last: u64, ends: &Positions) -> rusqlite::Result<()> {
    connection
        .prepare_cached("UPDATE published SET last = ?1")?
        .execute([last])?;
    let end = "INSERT INTO acknowledged VALUES (?1, ?2)
        ON CONFLICT DO UPDATE SET next = max(next, excluded.next)";
    let mut end = connection.prepare_cached(end)?;
    for (partition, next) in ends {
        end.execute(params![partition, next])?;
    }
    Ok(())
}

pub fn acknowledged(connection: &Connection) -> rusqlite::Result<Positions> {
    let mut select = connection.prepare("SELECT partition, next FROM acknowledged")?;
    let ends = select.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    ends.collect()
}

pub fn publish_again(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute("UPDATE published SET last = 0", [])?;
    connection.execute("DELETE FROM acknowledged", [])?;
    Ok(())
}

pub fn fold<T>(
    connection: &Connection,
    mut state: T,
    mut see: impl FnMut(&mut T, EventId, i64, bool),
) -> rusqlite::Result<T> {
    let select = "SELECT account, number, gain, id <= (SELECT last FROM published)
        FROM outbox WHERE account IS NOT NULL ORDER BY id";
    let mut select = connection.prepare(select)?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        let id = EventId {
            account: row.get(0)?,
            number: row.get(1)?,
        };
        see(&mut state, id, row.get(2)?, row.get(3)?);
    }
    Ok(state)
}
