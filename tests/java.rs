//! Every `java` block compiles and does what the `text` blocks under it show, with the JDK that
//! the workspace pins.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;
use std::process::Command;
use std::sync::LazyLock;
use std::time::Duration;

use libtest_mimic::Completion;
use support::book::Block;
use support::process::{self, Run};
use support::report::{self, Outcome};
use support::{compare, scratch, tools};

mod support;

static JAVA: LazyLock<Result<(), String>> =
    LazyLock::new(|| tools::require("javac", &["-version"]));

fn main() {
    let book = support::book();
    let programs = book.pages.iter().flat_map(|page| page.programs(&["java"]));
    report::run(programs.map(|program| report::trial("java", program, check)));
}

fn check(program: &[Block]) -> Outcome {
    if let Err(missing) = &*JAVA {
        return report::skip(missing);
    }
    let (program, outputs) = (&program[0], &program[1..]);
    let mut hash = DefaultHasher::new();
    (&program.text, tools::pinned("javac")).hash(&mut hash);
    let dir = scratch("java").join(format!("{:016x}", hash.finish()));
    compile(program, &dir)?;
    let run = java(&dir, "java", "Main", process::deadline())?;
    let exit: i32 = program
        .value("exit")
        .unwrap_or("0")
        .parse()
        .map_err(|_| "exit=N takes a number")?;
    if run.code() != Some(exit) {
        return Err(format!(
            "expected exit code {exit}, found {}\n{}",
            run.ending(),
            run.stderr
        )
        .into());
    }
    compare::is_shown(outputs, &run.stdout)?;
    for output in outputs {
        compare::output(
            output,
            if output.has("stderr") {
                &run.stderr
            } else {
                &run.stdout
            },
        )?;
    }
    Ok(Completion::Completed)
}

/// Compiles to a directory named by the program, once.
fn compile(program: &Block, dir: &Path) -> Result<(), String> {
    if dir.exists() {
        return Ok(());
    }
    let parent = scratch("java");
    let fresh = fs::create_dir_all(&parent).and_then(|()| tempfile::tempdir_in(&parent));
    let fresh = fresh.map_err(|error| error.to_string())?;
    let source = fs::write(fresh.path().join("Main.java"), &program.text);
    source.map_err(|error| error.to_string())?;
    let run = java(fresh.path(), "javac", "Main.java", process::TOOL)?;
    if run.code() != Some(0) {
        return Err(format!("javac rejects the program:\n{}", run.stderr));
    }
    if !fresh.path().join("Main.class").exists() {
        return Err("a java program on a page has a class Main".into());
    }
    fs::rename(fresh.path(), dir).map_err(|error| error.to_string())
}

fn java(dir: &Path, command: &str, arg: &str, deadline: Duration) -> Result<Run, String> {
    let run = process::run(Command::new(command).arg(arg).current_dir(dir), deadline);
    run.map_err(|error| format!("{command} cannot be run: {error}"))
}
