//! What is torn is what SQLite forgets: compared with SQLite itself, at every length of a file.

use rusqlite::{Connection, params};

use super::super::Place;
use super::*;

const TABLES: &str = "CREATE TABLE trades (id INTEGER PRIMARY KEY, memo BLOB)";

fn insert(connection: &Connection, id: u32) {
    let insert = "INSERT INTO trades VALUES (?1, zeroblob(6000))";
    connection.execute(insert, params![id]).expect("it inserts");
}

fn count(connection: &Connection) -> u32 {
    let count = connection.query_row("SELECT count(*) FROM trades", [], |row| row.get(0));
    count.expect("it counts")
}

#[test]
fn sqlite_keeps_the_commits_and_forgets_what_is_torn() {
    let dir = tempfile::tempdir().expect("a directory");
    let place = Place::new(dir.path().join("whole.db"));
    let connection = place.open(TABLES).expect("it opens");
    for id in 1..=4 {
        insert(&connection, id);
    }
    let (database, log) = (
        fs::read(&place.file),
        fs::read(dir.path().join("whole.db-wal")),
    );
    let (database, log) = (database.expect("it is there"), log.expect("it is there"));
    let whole = scan(&log);
    assert_eq!(
        (whole.commits, whole.torn),
        (5, 0),
        "the table and four trades"
    );

    let cut = Place::new(dir.path().join("cut.db"));
    let cut_log = dir.path().join("cut.db-wal");
    for length in (0..log.len()).step_by(997) {
        fs::write(&cut.file, &database).expect("it writes");
        fs::write(&cut_log, &log[..length]).expect("it writes");
        let tail = tail(&cut.file).expect("it reads");
        let kept = count(&cut.open(TABLES).expect("it opens"));
        assert_eq!(kept, tail.commits.saturating_sub(1), "cut at {length}");
        assert!(tail.torn <= length as u64);
        for part in ["cut.db-shm", "cut.db-wal"] {
            fs::remove_file(dir.path().join(part)).ok();
        }
    }
}

#[test]
fn frames_of_an_older_round_are_no_tear() {
    let dir = tempfile::tempdir().expect("a directory");
    let place = Place::new(dir.path().join("round.db"));
    let connection = place.open(TABLES).expect("it opens");
    for id in 1..=4 {
        insert(&connection, id);
    }
    let checkpoint = "PRAGMA wal_checkpoint(RESTART)";
    connection
        .query_row(checkpoint, [], |_| Ok(()))
        .expect("it checkpoints");
    insert(&connection, 5);
    let tail = tail(&place.file).expect("it reads");
    assert_eq!((tail.commits, tail.torn), (1, 0));
}
