//! What a group commit promises, on a file.

use super::*;
use rusqlite::params;

const TABLES: &str = "CREATE TABLE trades (id INTEGER PRIMARY KEY, memo BLOB)";

fn place(dir: &tempfile::TempDir) -> Place {
    Place::new(dir.path().join("trades.db"))
}

fn start(place: &Place) -> Writer {
    Writer::start(place.open(TABLES).expect("it opens"), place, |_| ())
}

fn count(connection: &Connection) -> rusqlite::Result<u32> {
    connection.query_row("SELECT count(*) FROM trades", [], |row| row.get(0))
}

fn insert(id: u32, bytes: u32) -> impl FnOnce(&Connection) -> rusqlite::Result<()> {
    move |connection| {
        let insert = "INSERT INTO trades VALUES (?1, zeroblob(?2))";
        connection.execute(insert, params![id, bytes]).map(drop)
    }
}

#[tokio::test]
async fn a_job_that_fails_undoes_its_own_work_alone() {
    let dir = tempfile::tempdir().expect("a directory");
    let place = place(&dir);
    let writer = start(&place);
    let twice = |connection: &Connection| {
        insert(2, 0)(connection)?;
        insert(1, 0)(connection)
    };
    let (one, both, three) = tokio::join!(
        writer.sql(insert(1, 0)),
        writer.sql(twice),
        writer.sql(insert(3, 0)),
    );
    one.expect("nothing is wrong with it");
    three.expect("nothing is wrong with it");
    both.expect_err("trade 1 is there already");
    let reader = Reader::start(&place).expect("it opens");
    assert_eq!(reader.sql(count).await.expect("it reads"), 2);
}

#[tokio::test]
async fn a_full_disk_stores_nothing_and_passes() {
    let dir = tempfile::tempdir().expect("a directory");
    let mut small = place(&dir);
    small.max_pages = Some(8);
    let writer = start(&small);
    let (one, big) = tokio::join!(writer.sql(insert(1, 0)), writer.sql(insert(2, 1_000_000)),);
    assert!(matches!(big, Err(StoreError::Full { .. })), "{big:?}");
    let stored = writer.sql(count).await.expect("it reads");
    assert_eq!(stored, u32::from(one.is_ok()), "what was answered is there");
    writer.close().await;

    let writer = start(&place(&dir));
    writer
        .sql(insert(2, 1_000_000))
        .await
        .expect("there is room");
}

#[tokio::test]
async fn close_waits_until_the_database_is_closed() {
    let dir = tempfile::tempdir().expect("a directory");
    let place = place(&dir);
    let writer = start(&place);
    writer.sql(insert(1, 0)).await.expect("it writes");
    let log = dir.path().join("trades.db-wal");
    assert!(log.exists());
    writer.close().await;
    assert!(!log.exists(), "the last connection removes it");
}
