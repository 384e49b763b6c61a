//! What the settlement's log costs beside what it is made of, how long a command takes to be seen,
//! and catching up. It writes in the working directory, which has to be on a disk.

#[cfg(feature = "kafka")]
mod kafka;
mod whole;

use std::fs::OpenOptions;
use std::io::Write;
use std::sync::Arc;

use anyhow::Result;
use companion::settlement::data::Data;
use companion::settlement::event::{Event, Kind, Trade, VERSION};
use companion::settlement::log::embedded::EmbeddedLog;
use companion::settlement::log::{EventLog, NewRecord};
use futures::future::try_join_all;
use rusqlite::{Connection, params};
use tempfile::TempDir;

use crate::Round;
use crate::clock::{self, Sample, Stopwatch};
use crate::tasks::on;

/// As many events share a commit at most, in the settlement's stores.
const BATCH: usize = 512;
/// Twice as many clients: while half of them wait for a commit, the others are the next batch.
const CLIENTS: usize = 2 * BATCH;
/// As many events of each client in one part, and as many batches.
const EACH: usize = 32;
const PARTITIONS: u32 = 4;
const ACCOUNTS: u32 = 100;

pub fn measure(name: &str, round: &Round) -> Result<Option<Sample>> {
    let sample = match name {
        "raw-file" => raw_file(round),
        "raw-sqlite" => raw_sqlite(round),
        "log-batch" | "log-group" | "log-one" => log(name, round),
        "flow" => whole::flow(round),
        "latency" => whole::latency(round, 1),
        "latency-busy" => whole::latency(round, 10),
        "catch-up-1m" => whole::catch_up(name, round, 1_000_000),
        "catch-up-10m" => whole::catch_up(name, round, 10_000_000),
        #[cfg(feature = "kafka")]
        "kafka-append-raw" => kafka::append_raw(round),
        #[cfg(feature = "kafka")]
        "kafka-append" => kafka::append(round),
        #[cfg(feature = "kafka")]
        "kafka-read-raw" => kafka::read_raw(round),
        #[cfg(feature = "kafka")]
        "kafka-read" => kafka::read(round),
        _ => return Ok(None),
    };
    sample.map(Some)
}

/// The events of trades, numbered as the outbox numbers them.
fn events() -> impl Iterator<Item = NewRecord> {
    let mut numbers = [0; ACCOUNTS as usize];
    (1..).flat_map(move |id| {
        let trade = Trade::generate(1, id, ACCOUNTS);
        trade.sides().map(|(account, gain)| {
            let number = &mut numbers[account as usize];
            *number += 1;
            let event = Event {
                version: VERSION,
                account,
                number: *number,
                trade: id,
                kind: if gain < 0 { Kind::Debit } else { Kind::Credit },
                cents: trade.cents,
            };
            event.record(PARTITIONS)
        })
    })
}

fn batch() -> Arc<[NewRecord]> {
    events().take(BATCH).collect()
}

/// A directory of its own, in the working directory.
fn directory() -> Result<TempDir> {
    Ok(tempfile::tempdir_in(".")?)
}

/// Times `write`, which writes `events` each time.
fn parts(round: &Round, events: usize, mut write: impl FnMut() -> Result<()>) -> Sample {
    clock::measure_parts(round.lasts, events as f64, || {
        let clock = Stopwatch::start();
        write().expect("the disk takes it");
        clock.stop()
    })
}

/// The same bytes at the end of a file, and `fdatasync`.
fn raw_file(round: &Round) -> Result<Sample> {
    let dir = directory()?;
    let bytes: Vec<u8> = batch()
        .iter()
        .flat_map(|record| record.value.clone())
        .collect();
    let mut file = OpenOptions::new()
        .create(true)
        .append(true)
        .open(dir.path().join("raw"))?;
    Ok(parts(round, BATCH, || {
        file.write_all(&bytes)?;
        Ok(file.sync_data()?)
    }))
}

/// The same records in a table of SQLite, as durable, with nothing around it.
fn raw_sqlite(round: &Round) -> Result<Sample> {
    let (dir, batch) = (directory()?, batch());
    let mut connection = Connection::open(dir.path().join("raw.db"))?;
    connection.pragma_update(None, "journal_mode", "wal")?;
    connection.pragma_update(None, "synchronous", "full")?;
    connection.pragma_update(None, "fullfsync", true)?;
    connection.execute_batch("CREATE TABLE raw (id INTEGER PRIMARY KEY, key BLOB, value BLOB)")?;
    Ok(parts(round, BATCH, || {
        let transaction = connection.transaction()?;
        let insert = "INSERT INTO raw (key, value) VALUES (?1, ?2)";
        let mut insert = transaction.prepare_cached(insert)?;
        for NewRecord { key, value, .. } in &*batch {
            insert.execute(params![key, value])?;
        }
        drop(insert);
        Ok(transaction.commit()?)
    }))
}

/// The settlement's log: in batches, by two clients of whom one waits for the disk while the other's
/// batch is written; by many clients who share commits; by one who has none to share with.
fn log(name: &str, round: &Round) -> Result<Sample> {
    let (runtime, dir, batch) = (round.runtime()?, directory()?, batch());
    let log = on(&runtime, open_log(Data::new(dir.path())))?;
    let one: Arc<[NewRecord]> = batch[..1].into();
    let (clients, each, append, events) = match name {
        "log-batch" => (2, EACH, batch, 2 * EACH * BATCH),
        "log-group" => (CLIENTS, EACH, one, CLIENTS * EACH),
        _ => (1, EACH, one, EACH),
    };
    Ok(parts(round, events, || {
        let client = || {
            let (log, append) = (log.clone(), append.clone());
            tokio::spawn(async move {
                for _ in 0..each {
                    log.append(append.clone()).await?;
                }
                anyhow::Ok(())
            })
        };
        runtime.block_on(async {
            let ended = try_join_all((0..clients).map(|_| client())).await?;
            ended.into_iter().collect()
        })
    }))
}

async fn open_log(data: Data) -> Result<EmbeddedLog> {
    Ok(data.log(PARTITIONS).await?)
}
