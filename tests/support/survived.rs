//! Makes the table of the faults that the settlement has survived, from what `cargo xtask faults`
//! has written down.

use std::fmt::Write;
use std::fs;

use companion::settlement::cli::RECORD;
use serde::Deserialize;

/// What was written down.
#[derive(Deserialize)]
struct Record {
    seed: u64,
    lost: u64,
    twice: u64,
    survived: Vec<Survived>,
}

#[derive(Deserialize)]
struct Survived {
    fault: String,
    times: u64,
    events: u64,
}

/// The table in Markdown.
///
/// # Errors
/// When the record cannot be read.
pub fn table() -> Result<String, String> {
    let json = fs::read_to_string(RECORD).map_err(|error| format!("{RECORD}: {error}"))?;
    let record: Record = serde_json::from_str(&json).map_err(|error| error.to_string())?;
    let mut table = String::from("| Fault | times | events checked |\n|---|--:|--:|\n");
    for Survived {
        fault,
        times,
        events,
    } in &record.survived
    {
        writeln!(table, "| {fault} | {times} | {events} |").expect("a string takes all");
    }
    let Record {
        seed, lost, twice, ..
    } = record;
    writeln!(
        table,
        "| **seed {seed}: events lost {lost}, applied twice {twice}** | | |"
    )
    .expect("a string takes all");
    Ok(table)
}
