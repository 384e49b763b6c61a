//! How the checks report: a trial a program, named by its place; a record of each verified block.

use std::{env, fs};

use libtest_mimic::{Arguments, Completion, Failed, Trial};

use super::book::Block;
use super::scratch;

pub type Outcome = Result<Completion, Failed>;

/// Runs the trials of a check as cargo expects a test binary to, and exits.
pub fn run(trials: impl Iterator<Item = Trial>) -> ! {
    libtest_mimic::run(&Arguments::from_args(), trials.collect()).exit()
}

/// A trial for a block and what belongs to it: a failure starts with a page and a line, a success
/// is put on record for each of them. `BOOK_REPEAT=50` runs it so many times.
pub fn trial(
    check: &'static str,
    blocks: Vec<Block>,
    test: impl Fn(&[Block]) -> Outcome + Send + 'static,
) -> Trial {
    let place = blocks[0].place();
    let name = format!("{place} ({})", blocks[0].words.join(","));
    Trial::ignorable_test(name, move || {
        let verified = |runs| blocks.iter().for_each(|block| record(check, block, runs));
        repeated(&place, || test(&blocks), verified)
    })
}

/// Runs a test, as often as `BOOK_REPEAT` says: a failure starts with the place, a success is put
/// on record with the number of runs.
pub fn repeated(place: &str, test: impl Fn() -> Outcome, verified: impl FnOnce(u32)) -> Outcome {
    let runs = repeats();
    for run in 1..=runs {
        match test() {
            Ok(Completion::Completed) => {}
            Ok(skipped) => return Ok(skipped),
            Err(failed) => {
                let message = failed.message().unwrap_or("failed");
                let which = if run > 1 {
                    format!(" (run {run} of {runs})")
                } else {
                    String::new()
                };
                return Err(format!("{place}:{which} {message}").into());
            }
        }
    }
    verified(runs);
    Ok(Completion::Completed)
}

fn repeats() -> u32 {
    env::var("BOOK_REPEAT")
        .ok()
        .and_then(|value| value.parse().ok())
        .unwrap_or(1)
        .max(1)
}

/// A tool that this machine lacks: the trial is counted as skipped, or fails under `--no-skips`.
pub fn skip(why: impl std::fmt::Display) -> Outcome {
    match env::var_os("BOOK_NO_SKIPS") {
        Some(_) => Err(format!("{why} (nothing may be skipped here)").into()),
        None => Ok(Completion::ignored_with(why)),
    }
}

/// Notes that `check` verified `block`: `cargo xtask check` counts these notes.
pub fn record(check: &str, block: &Block, runs: u32) {
    let note = serde_json::json!({ "page": block.page, "line": block.line, "runs": runs });
    self::note(check, block, &note);
}

/// Notes that the cells of a generated table were run: all but those that name the row, and the
/// empty ones.
pub fn table(file: &str, table: &str, runs: u32) {
    let rows = table.lines().skip(2);
    let cells = rows.flat_map(|row| row.trim_matches('|').split('|').skip(1));
    let cells = cells.filter(|cell| !cell.trim().is_empty()).count();
    let note = serde_json::json!({ "file": file, "cells": cells, "runs": runs });
    write("tables", file, &note);
}

/// Writes one note of the census about a block.
pub fn note(check: &str, block: &Block, note: &serde_json::Value) {
    write(check, &format!("{}-{}", block.page, block.line), note);
}

/// Writes a note; the book that is broken on purpose is not counted.
fn write(check: &str, place: &str, note: &serde_json::Value) {
    if env::var("BOOK").as_deref() == Ok("fixture") {
        return;
    }
    let dir = scratch("census").join(check);
    fs::create_dir_all(&dir)
        .and_then(|()| fs::write(dir.join(place.replace(['/', '.'], "_")), note.to_string()))
        .expect("the target directory can be written");
}
