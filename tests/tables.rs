//! Every generated table on a page is what running its cells gives.
//!
//! A table is a file that its page includes. `BLESS=1` writes it anew.

use std::fs;

use companion::waiting;
use libtest_mimic::{Completion, Trial};
use support::golang;
use support::report::{self, Outcome};
use support::{process, root, scratch, tools};

mod support;

/// What the programs gave.
enum Made {
    Whole(String),
    /// The table less its last rows, and why those could not be run here.
    Beginning(String, String),
}

type Make = fn() -> Result<Made, String>;

const TABLES: [(&str, Make); 1] = [("src/appendix/waiting-table-cells.md", waiting_table)];

fn main() {
    let trial = |(file, make)| Trial::ignorable_test(file, move || check(file, make));
    report::run(TABLES.into_iter().map(trial));
}

fn check(file: &str, make: Make) -> Outcome {
    let path = root().join(file);
    let shown = fs::read_to_string(&path).unwrap_or_default();
    let shown = shown.replace("\r\n", "\n");
    match make()? {
        Made::Whole(table) if table == shown => Ok(Completion::Completed),
        Made::Whole(table) if std::env::var("BLESS").as_deref() == Ok("1") => {
            fs::write(path, table)?;
            Ok(Completion::Completed)
        }
        Made::Beginning(table, missing) if shown.starts_with(&table) => report::skip(missing),
        Made::Whole(table) | Made::Beginning(table, _) => Err(format!(
            "{}: the table is not what its cells give\n\
             expected:\n{table}\n\
             mend the cells, or rewrite the table with `BLESS=1 cargo test --test tables`",
            difference(file, &shown, &table)
        )
        .into()),
    }
}

/// The first line in which a file differs from what it should be.
fn difference(file: &str, shown: &str, made: &str) -> String {
    let same = |(shown, made): &(&str, &str)| shown == made;
    let lines = shown.lines().zip(made.lines());
    format!("{file}:{}", lines.take_while(same).count() + 1)
}

fn waiting_table() -> Result<Made, String> {
    let mut rows = waiting::rust();
    if let Err(missing) = tools::require("go", &["version"]) {
        return Ok(Made::Beginning(waiting::table(rows), missing));
    }
    rows.extend(waiting::go(&run_go("waiting", waiting::GO)?)?);
    Ok(Made::Whole(waiting::table(rows)))
}

/// What a Go program prints, vetted and built with the pinned Go.
fn run_go(name: &str, program: &str) -> Result<String, String> {
    let module = scratch("tables").join(name);
    let pinned = tools::pinned("go").unwrap_or_default();
    let language: Vec<&str> = pinned.split('.').take(2).collect();
    golang::write(&module, &language.join("."), program).map_err(|error| error.to_string())?;
    let vet = golang::go(&module, &["vet"])?;
    if vet.code() != Some(0) {
        return Err(format!("go vet rejects the program:\n{}", vet.stderr));
    }
    let mut command = std::process::Command::new(golang::build(&module)?);
    let run = process::run(&mut command, process::deadline()).map_err(|error| error.to_string())?;
    match run.code() {
        Some(0) => Ok(run.stdout),
        _ => Err(format!("{}\n{}", run.ending(), run.stderr)),
    }
}
