//! The tables of the views.

use rusqlite::{Connection, OptionalExtension, params};

use super::super::log::Positions;
use super::{Balance, Snapshot, letters};

/// A dead letter that is no event has no account and number.
pub const TABLES: &str = "
    CREATE TABLE accounts (
        account INTEGER PRIMARY KEY, cents INTEGER NOT NULL, number INTEGER NOT NULL
    );
    CREATE TABLE positions (
        partition INTEGER PRIMARY KEY, next INTEGER NOT NULL
    );
    CREATE TABLE dead_letters (
        id INTEGER PRIMARY KEY, partition INTEGER NOT NULL, offset INTEGER NOT NULL,
        account INTEGER, number INTEGER, value BLOB NOT NULL,
        reason TEXT NOT NULL, tries INTEGER NOT NULL, dropped INTEGER NOT NULL DEFAULT 0
    );
";

pub fn positions(connection: &Connection) -> rusqlite::Result<Positions> {
    let mut select = connection.prepare_cached("SELECT partition, next FROM positions")?;
    let positions = select.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    positions.collect()
}

pub fn position(connection: &Connection, partition: u32) -> rusqlite::Result<u64> {
    let select = "SELECT next FROM positions WHERE partition = ?1";
    let mut select = connection.prepare_cached(select)?;
    let next = select.query_row([partition], |row| row.get(0));
    Ok(next.optional()?.unwrap_or(0))
}

pub fn move_to(connection: &Connection, partition: u32, next: u64) -> rusqlite::Result<()> {
    let store = "INSERT INTO positions VALUES (?1, ?2)
        ON CONFLICT DO UPDATE SET next = excluded.next";
    let mut store = connection.prepare_cached(store)?;
    store.execute(params![partition, next]).map(drop)
}

pub fn balance(connection: &Connection, account: u32) -> rusqlite::Result<Balance> {
    let select = "SELECT cents, number FROM accounts WHERE account = ?1";
    let mut select = connection.prepare_cached(select)?;
    let balance = select.query_row([account], |row| {
        Ok(Balance {
            cents: row.get(0)?,
            number: row.get(1)?,
        })
    });
    Ok(balance.optional()?.unwrap_or_default())
}

pub fn store(connection: &Connection, account: u32, balance: Balance) -> rusqlite::Result<()> {
    let store = "INSERT INTO accounts VALUES (?1, ?2, ?3)
        ON CONFLICT DO UPDATE SET cents = excluded.cents, number = excluded.number";
    let mut store = connection.prepare_cached(store)?;
    let Balance { cents, number } = balance;
    store.execute(params![account, cents, number]).map(drop)
}

pub fn snapshot(connection: &Connection) -> rusqlite::Result<Snapshot> {
    let moment = connection.unchecked_transaction()?;
    let mut select = moment.prepare_cached("SELECT account, cents, number FROM accounts")?;
    let accounts = select.query_map([], |row| {
        let balance = Balance {
            cents: row.get(1)?,
            number: row.get(2)?,
        };
        Ok((row.get(0)?, balance))
    })?;
    Ok(Snapshot {
        accounts: accounts.collect::<rusqlite::Result<_>>()?,
        positions: positions(&moment)?,
        letters: letters::all(&moment)?,
    })
}

pub fn clear(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute("DELETE FROM accounts", [])?;
    connection.execute("DELETE FROM positions", [])?;
    connection.execute("DELETE FROM dead_letters WHERE NOT dropped", [])?;
    Ok(())
}
