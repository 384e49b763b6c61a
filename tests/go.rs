//! Every `go` block passes `go vet`, builds, and does what the `text` blocks under it show, with
//! the Go that the workspace pins.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use libtest_mimic::{Completion, Failed};
use support::book::Block;
use support::go::Module;
use support::process::{self, Run};
use support::report::{self, Outcome};
use support::{compare, go};

mod support;

/// How long a program that says it hangs is watched; ten times as long where it has then not even
/// printed its output, as on a machine kept busy.
const HANGS: Duration = Duration::from_secs(1);

fn main() {
    let book = support::book();
    let programs = book.pages.iter().flat_map(|page| page.programs(&["go"]));
    report::run(programs.map(|program| report::trial("go", program, check)));
}

fn check(program: &[Block]) -> Outcome {
    if let Err(missing) = go::require() {
        return report::skip(missing);
    }
    let (program, outputs) = (&program[0], &program[1..]);
    let language = program
        .words
        .iter()
        .find_map(|word| word.strip_prefix("go1."));
    let module = Module::new(&program.text, language)?;
    let executable = &module.executable;
    // What is built has passed vet: only a program that vet rejects on purpose is vetted again.
    let mut vetted = String::new();
    if program.has("vet") || !executable.exists() {
        vetted = vet(program, &module)?;
        module.build()?;
    }
    let watched = match program.has("hangs") {
        true => observe(executable, HANGS, program, outputs, &vetted)
            .or_else(|_| observe(executable, HANGS * 10, program, outputs, &vetted)),
        false => observe(executable, process::deadline(), program, outputs, &vetted),
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
fn vet(program: &Block, module: &Module) -> Result<String, String> {
    let run = module.vet()?;
    if (run.code() == Some(0)) == program.has("vet") {
        let verdict = if program.has("vet") { "reject" } else { "pass" };
        return Err(format!(
            "expected go vet to {verdict} the program:\n{}",
            run.stderr
        ));
    }
    Ok(run.stderr)
}
