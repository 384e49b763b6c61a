//! Every `rust` program ends as its page says, and prints what the `text` blocks under it show.

use std::process::Command;
use std::sync::Arc;

use libtest_mimic::Completion;
use support::book::Block;
use support::process::{self, Run};
use support::report::{self, Outcome};
use support::rustc::Compiler;
use support::{compare, crates};

mod support;

fn main() {
    let compiler = Arc::new(crates::compiler());
    let book = support::book();
    let programs = book.pages.iter().flat_map(|page| page.programs(&["rust"]));
    let runs =
        programs.filter(|program| !program[0].has("compile_fail") && program[0].quotes().is_none());
    report::run(runs.map(|program| {
        let compiler = Arc::clone(&compiler);
        report::trial("outputs", program, move |program| check(program, &compiler))
    }));
}

fn check(program: &[Block], compiler: &Compiler) -> Outcome {
    let (program, outputs) = (&program[0], &program[1..]);
    let ran = run(program, "2024", compiler)?;
    let expected = if program.has("should_panic") { 101 } else { 0 };
    if ran.code() != Some(expected) {
        return Err(format!(
            "expected the program to end with exit code {expected}, found {}\n{}{}\n\
             a program on a page ends by itself; one that panics says `rust,should_panic`",
            ran.ending(),
            ran.stdout,
            ran.stderr
        )
        .into());
    }
    if program.has("should_panic") && !ran.stderr.contains("panicked at") {
        return Err(format!(
            "expected a panic, found exit code 101 without one\n{}",
            ran.stderr
        )
        .into());
    }
    compare::is_shown(outputs, &ran.stdout)?;
    for output in outputs {
        let old = output
            .has("edition2021")
            .then(|| run(program, "2021", compiler))
            .transpose()?;
        let ran = old.as_ref().unwrap_or(&ran);
        compare::output(
            output,
            if output.has("stderr") {
                &ran.stderr
            } else {
                &ran.stdout
            },
        )?;
    }
    Ok(Completion::Completed)
}

fn run(program: &Block, edition: &str, compiler: &Compiler) -> Result<Run, String> {
    let executable = compiler
        .compile(&program.program(), edition)
        .map_err(|messages| format!("rustc rejects the program:\n{messages}"))?;
    process::run(&mut Command::new(executable), process::deadline())
        .map_err(|error| error.to_string())
}
