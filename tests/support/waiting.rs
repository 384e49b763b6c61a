//! Makes the waiting table: its Rust half runs here, its Go half in a process of its own.

use std::process::Command;

use companion::waiting::{self, Table};

use crate::support::go::{self, Module};
use crate::support::process;

/// A part of the table in Markdown. Go's rows are the last; without Go they are those of the old
/// one.
///
/// # Errors
/// When the Go half cannot be built, or fails.
pub fn table(table: &Table, old: &str) -> Result<String, String> {
    let mut rows = waiting::rust();
    if go::require().is_ok() {
        rows.extend(waiting::go(&printed_by_go()?)?);
        return Ok(table.of(&rows));
    }
    let known = old
        .split_inclusive('\n')
        .filter(|row| row.starts_with("| Go"));
    Ok(table.of(&rows) + &known.collect::<String>())
}

fn printed_by_go() -> Result<String, String> {
    let program = Module::new(waiting::GO, None)?.make()?;
    let run = process::run(&mut Command::new(program), process::deadline());
    let run = run.map_err(|error| error.to_string())?;
    match run.code() {
        Some(0) => Ok(run.stdout),
        _ => Err(format!("table.go: {}\n{}", run.ending(), run.stderr)),
    }
}
