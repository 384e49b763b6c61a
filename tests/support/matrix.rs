//! Makes the tables of the shutdown matrix: takes each way in a process of its own.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use companion::shutdown::{self, Group, Ran, Way, ways};

use crate::support::go::{self, Module};
use crate::support::{crates, process};

/// Why cells of a table cannot be run here.
///
/// # Errors
/// What is missing.
pub fn here(group: &Group) -> Result<(), String> {
    process::ends_as_on_linux()?;
    match group.ways.iter().any(|way| !way.go.is_empty()) {
        true => go::require(),
        false => Ok(()),
    }
}

/// A table in Markdown. Cells that cannot be run here are those of the old one.
///
/// # Errors
/// When a way cannot be taken, or does not end.
pub fn table(group: &Group, old: &str) -> Result<String, String> {
    if process::ends_as_on_linux().is_err() {
        return Ok(old.to_owned());
    }
    shutdown::table(group, rust, |way| match go::require() {
        Ok(()) => go(way),
        Err(_) => known(way, old),
    })
}

/// Takes a way in a process of its own.
fn rust(way: &Way) -> Result<Ran, String> {
    static UNWINDING: LazyLock<Result<PathBuf, String>> = LazyLock::new(|| program("unwind"));
    static ABORTING: LazyLock<Result<PathBuf, String>> = LazyLock::new(|| program("abort"));
    let program = if way.aborts { &ABORTING } else { &UNWINDING };
    run(program.as_ref()?, &way.argument(), way.complaint)
}

fn program(panic: &str) -> Result<PathBuf, String> {
    let compiler = crates::compiler().with(&format!("-Cpanic={panic}"));
    compiler.compile(include_str!("../../examples/src/bin/shutdown.rs"), "2024")
}

/// What Go does on its way.
fn go(way: &Way) -> Result<String, String> {
    static PROGRAM: LazyLock<Result<PathBuf, String>> = LazyLock::new(|| {
        let program = Module::new(shutdown::GO, None)?.make()?;
        let listed = process::run(&mut Command::new(&program), process::deadline());
        let listed = listed.map_err(|error| error.to_string())?.stdout;
        let ways = ways().map(Way::go_argument);
        let ways: BTreeSet<String> = ways.filter(|way| !way.is_empty()).collect();
        let listed: BTreeSet<String> = listed.lines().map(str::to_owned).collect();
        match ways == listed {
            true => Ok(program),
            false => Err(format!(
                "expected the ways {ways:?}, found in Go {listed:?}"
            )),
        }
    });
    let ran = run(PROGRAM.as_ref()?, &way.go_argument(), way.go_complaint)?;
    Ok(way.go_cell(&ran))
}

/// What the old table says of Go.
fn known(way: &Way, old: &str) -> Result<String, String> {
    let row = format!("| {} |", way.title());
    let row = old.lines().find(|line| line.starts_with(&row));
    let cell = row.and_then(|row| row.split(" | ").nth(2)?.strip_suffix(" |"));
    cell.map(str::to_owned)
        .ok_or(format!("the row {:?} is new: it needs Go", way.title()))
}

/// Takes a way, and refuses an end that another failure brought about: it complains otherwise.
fn run(program: &Path, way: &str, complaint: &str) -> Result<Ran, String> {
    let ran = process::run(
        process::interruptible(program).arg(way),
        process::deadline(),
    );
    let ran = ran.map_err(|error| format!("{way}: {error}"))?;
    let meant = match complaint {
        "" => ran.stderr.is_empty(),
        _ => ran.stderr.contains(complaint),
    };
    match ran.status {
        None => Err(format!("{way}: {}\n{}", ran.ending(), ran.stdout)),
        Some(_) if !meant => Err(format!(
            "{way}: expected {complaint:?} on stderr, found {:?}",
            ran.stderr
        )),
        Some(_) => Ok(Ran {
            ending: ran.ending(),
            printed: ran.stdout,
        }),
    }
}
