//! The tables of a database, and the number that says which program made them.

use rusqlite::{Connection, TransactionBehavior};

use super::{Place, StoreError};

/// Raised with every change of a table. SQLite keeps it in the file, as `user_version`.
const FORMAT: u32 = 1;

/// Creates the tables of an empty database in one transaction; of several programs that begin
/// together, one does it.
///
/// # Errors
///
/// [`StoreError::Format`] if another program made the database.
pub fn prepare(connection: &mut Connection, place: &Place, tables: &str) -> Result<(), StoreError> {
    let named = |error| StoreError::named(place, error);
    let format = format(connection).map_err(named)?;
    if format == FORMAT {
        return Ok(());
    }
    if !is_empty(connection).map_err(named)? {
        return Err(StoreError::Format {
            file: place.name(),
            has: format,
            wanted: FORMAT,
        });
    }
    create(connection, tables).map_err(named)
}

fn create(connection: &mut Connection, tables: &str) -> rusqlite::Result<()> {
    let creation = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    if is_empty(&creation)? {
        creation.execute_batch(tables)?;
        creation.pragma_update(None, "user_version", FORMAT)?;
    }
    creation.commit()
}

fn format(connection: &Connection) -> rusqlite::Result<u32> {
    connection.pragma_query_value(None, "user_version", |row| row.get(0))
}

fn is_empty(connection: &Connection) -> rusqlite::Result<bool> {
    let empty = "SELECT NOT EXISTS (SELECT * FROM sqlite_schema)";
    connection.query_row(empty, [], |row| row.get(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLES: &str = "CREATE TABLE trades (id INTEGER PRIMARY KEY)";

    #[test]
    fn what_another_program_made_is_refused_and_stays() {
        let dir = tempfile::tempdir().expect("a directory");
        let place = Place::new(dir.path().join("trades.db"));
        let connection = place.open(TABLES).expect("it is new");
        let again = place.open(TABLES).expect("it is its own");
        drop(again);
        connection
            .pragma_update(None, "user_version", FORMAT + 1)
            .expect("it writes");
        let refused = place.open(TABLES).expect_err("it is another's").to_string();
        assert_eq!(
            refused,
            "trades.db was made by another version of this program (format 2, not 1)"
        );
        assert!(!is_empty(&connection).expect("it reads"));
    }
}
