//! Every `go` block passes `go vet`, builds, and does what the `text` blocks under it show, with
//! the Go that the workspace pins.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;
use std::time::Duration;

use libtest_mimic::{Completion, Failed};
use support::book::Block;
use support::golang::{self, go};
use support::process::{self, Run};
use support::report::{self, Outcome};
use support::{compare, scratch, tools};

mod support;

/// How long a program that says it hangs is watched; ten times as long where it has then not even
/// printed its output, as on a machine kept busy.
const HANGS: Duration = Duration::from_secs(1);

static GO: LazyLock<Result<(), String>> = LazyLock::new(|| tools::require("go", &["version"]));

fn main() {
    let book = support::book();
    let programs = book.pages.iter().flat_map(|page| page.programs(&["go"]));
    report::run(programs.map(|program| report::trial("go", program, check)));
}

fn check(program: &[Block]) -> Outcome {
    if let Err(missing) = &*GO {
        return report::skip(missing);
    }
    let (program, outputs) = (&program[0], &program[1..]);
    let module = module(program).map_err(|error| error.to_string())?;
    let executable = golang::executable(&module);
    // What is built has passed vet: only a program that vet rejects on purpose is vetted again.
    let mut vetted = String::new();
    if program.has("vet") || !executable.exists() {
        vetted = vet(program, &module)?;
        golang::build(&module)?;
    }
    let watched = match program.has("hangs") {
        true => observe(&executable, HANGS, program, outputs, &vetted)
            .or_else(|_| observe(&executable, HANGS * 10, program, outputs, &vetted)),
        false => observe(&executable, process::deadline(), program, outputs, &vetted),
    };
    watched
        .map(|()| Completion::Completed)
        .map_err(Failed::from)
}

/// Runs the program and compares what it does with what its page shows.
fn observe(
    executable: &Path,
    deadline: Duration,
    program: &Block,
    outputs: &[Block],
    vetted: &str,
) -> Result<(), String> {
    let run = process::run(&mut Command::new(executable), deadline);
    let run = run.map_err(|error| error.to_string())?;
    check_ending(program, &run)?;
    compare::is_shown(outputs, &run.stdout)?;
    outputs.iter().try_for_each(|output| match output {
        _ if output.has("vet") => compare::output(output, vetted),
        _ if output.has("stderr") => compare::output(output, &run.stderr),
        _ => compare::output(output, &run.stdout),
    })
}

fn check_ending(program: &Block, run: &Run) -> Result<(), String> {
    let exit: i32 = program
        .value("exit")
        .unwrap_or("0")
        .parse()
        .map_err(|_| "exit=N takes a number")?;
    let (expected, found) = match program.has("hangs") {
        true => ("it to hang".to_owned(), run.status.is_none()),
        false => (format!("exit code {exit}"), run.code() == Some(exit)),
    };
    if found {
        return Ok(());
    }
    Err(format!(
        "expected {expected}, found {}\n{}{}",
        run.ending(),
        run.stdout,
        run.stderr
    ))
}

/// What vet says, when that is what the page expects.
fn vet(program: &Block, module: &Path) -> Result<String, String> {
    let run = go(module, &["vet"])?;
    if (run.code() == Some(0)) == program.has("vet") {
        let verdict = if program.has("vet") { "reject" } else { "pass" };
        return Err(format!(
            "expected go vet to {verdict} the program:\n{}",
            run.stderr
        ));
    }
    Ok(run.stderr)
}

/// The program as a module of its own, in a directory named by what is in it.
fn module(program: &Block) -> std::io::Result<PathBuf> {
    let pinned = tools::pinned("go").unwrap_or_default();
    let newest = pinned.split('.').nth(1).unwrap_or_default();
    let word = program
        .words
        .iter()
        .find_map(|word| word.strip_prefix("go1."));
    let language = format!("1.{}", word.unwrap_or(newest));
    let mut hash = DefaultHasher::new();
    (&program.text, &language, &pinned).hash(&mut hash);
    let dir = scratch("go").join(format!("{:016x}", hash.finish()));
    golang::write(&dir, &language, &program.text)?;
    Ok(dir)
}
