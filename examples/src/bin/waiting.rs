//! Prints the waiting table: see `companion::waiting`.

use companion::waiting::{TABLES, rust};

fn main() {
    let rows = rust();
    for table in TABLES {
        println!("{}", table.of(&rows));
    }
}
