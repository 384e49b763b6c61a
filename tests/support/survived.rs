//! Makes the table of the faults that the settlement has survived, from what `cargo xtask faults`
//! has written down. It writes only if all of them were survived.

use std::fmt::Write;
use std::fs;

use serde::Deserialize;

use crate::support::root;

/// From the book's root.
const RECORD: &str = "src/architecture/consistency/faults.json";

/// What was written down.
#[derive(Deserialize)]
struct Record {
    survived: Vec<Survived>,
}

#[derive(Deserialize)]
struct Survived {
    fault: String,
    times: u64,
    /// None for those that are counted in the row above.
    events: u64,
}

/// The table in Markdown.
///
/// # Errors
/// When the record cannot be read.
pub fn table() -> Result<String, String> {
    let json = fs::read_to_string(root().join(RECORD));
    let json = json.map_err(|error| format!("{RECORD}: {error}"))?;
    let record: Record =
        serde_json::from_str(&json).map_err(|error| format!("{RECORD}: {error}"))?;
    let mut table = String::from("| Fault | Times | Events checked |\n|---|--:|--:|\n");
    for one in record.survived {
        let events = match one.events {
            0 => String::new(),
            events => events.to_string(),
        };
        let row = writeln!(table, "| {} | {} | {events} |", one.fault, one.times);
        row.expect("a string takes all");
    }
    Ok(table)
}
