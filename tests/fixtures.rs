//! The checks are checked: each defect of the fixture book is caught, with its page and line.
//!
//! In `fixtures/book/` an HTML comment stands in front of each defect and says which check is to
//! catch it, and what the check is to say: `<!-- caught by outputs: another output -->`.
//!
//! The checks are checked again when they, or the fixture book, have changed.

use std::collections::BTreeMap;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::PathBuf;
use std::process::Command;
use std::sync::{Arc, LazyLock};

use libtest_mimic::{Arguments, Completion, Failed, Trial};
use serde::Deserialize;
use support::report::{self, Outcome};
use support::{crates, process, root, scratch, tools};

mod support;

/// A line of `cargo test --no-run --message-format json`.
#[derive(Deserialize)]
struct Built {
    target: Target,
    executable: PathBuf,
}

#[derive(Deserialize)]
struct Target {
    name: String,
}

struct Defect {
    page: String,
    line: usize,
    check: String,
    says: String,
}

/// What a check prints about the fixture book, once for all its defects.
type Printed = Arc<LazyLock<String, Box<dyn FnOnce() -> String + Send>>>;

fn main() {
    let passed = scratch("fixtures-passed").join(state());
    if passed.exists() {
        report::run(
            [Trial::test(
                "unchanged since every defect was caught",
                || Ok(()),
            )]
            .into_iter(),
        );
    }
    let mut printed: BTreeMap<String, Printed> = BTreeMap::new();
    for (name, executable) in executables() {
        let run: Box<dyn FnOnce() -> String + Send> = Box::new(move || run_check(&executable));
        printed.insert(name, Arc::new(LazyLock::new(run)));
    }
    let caught = defects().into_iter().map(|defect| {
        let printed = printed.get(&defect.check).cloned();
        let name = format!(
            "{}:{} is caught by {}",
            defect.page, defect.line, defect.check
        );
        Trial::ignorable_test(name, move || caught(&defect, printed))
    });
    let hangs = Trial::test(
        "a snippet that hangs is stopped under skeptic",
        hanging_snippet,
    );
    let trials: Vec<Trial> = caught.chain([hangs]).collect();
    let count = trials.len();
    let conclusion = libtest_mimic::run(&Arguments::from_args(), trials);
    if !conclusion.has_failed() && conclusion.num_ignored + conclusion.num_filtered_out == 0 {
        fs::create_dir_all(&passed)
            .and_then(|()| fs::write(passed.with_file_name("defects"), count.to_string()))
            .expect("the target directory can be written");
    }
    conclusion.exit()
}

/// A name for what the checks and the fixture book are made from.
fn state() -> String {
    let mut todo = vec![
        root().join("tests"),
        root().join("build.rs"),
        root().join("Cargo.lock"),
        root().join("Cargo.toml"),
        root().join("rust-toolchain.toml"),
        root().join("examples/src"),
        root().join("src/mermaid.min.js"),
    ];
    let mut files = Vec::new();
    while let Some(path) = todo.pop() {
        match fs::read_dir(&path) {
            Ok(entries) => todo.extend(entries.flatten().map(|entry| entry.path())),
            Err(_) => files.push(path),
        }
    }
    files.sort();
    let mut hash = DefaultHasher::new();
    files
        .iter()
        .map(|file| (file, fs::read(file).ok()))
        .for_each(|file| file.hash(&mut hash));
    format!("{:016x}", hash.finish())
}

fn executables() -> impl Iterator<Item = (String, PathBuf)> {
    let built = crates::cargo_built::<Built>(&["test", "--no-run"]).into_iter();
    built.map(|built| (built.target.name, built.executable))
}

fn run_check(executable: &PathBuf) -> String {
    let mut check = Command::new(executable);
    check
        .current_dir(root())
        .envs([("BOOK", "fixture"), ("BOOK_DEADLINE", "2")])
        .env_remove("BLESS");
    let run = process::run(&mut check, process::TOOL).expect("cargo built it");
    run.stdout + &run.stderr
}

/// The defects that the pages of the fixture book announce.
fn defects() -> Vec<Defect> {
    let mut defects = Vec::new();
    for page in support::fixture().pages {
        for (line, text) in (1..).zip(page.markdown.lines()) {
            let announced = text
                .strip_prefix("<!-- caught by ")
                .and_then(|rest| rest.strip_suffix(" -->"));
            if let Some((check, says)) = announced.and_then(|announced| announced.split_once(": "))
            {
                let (check, says) = (check.to_owned(), says.to_owned());
                defects.push(Defect {
                    page: page.path.clone(),
                    line,
                    check,
                    says,
                });
            }
        }
    }
    defects
}

fn caught(defect: &Defect, printed: Option<Printed>) -> Outcome {
    let tool = match defect.check.as_str() {
        "go" => tools::require("go", &["version"]),
        "java" => tools::require("javac", &["-version"]),
        "tables" => process::ends_as_on_linux(),
        "diagrams" => tools::require("chromium", &["--version"]),
        _ => Ok(()),
    };
    if let Err(missing) = tool {
        return report::skip(missing);
    }
    let printed = printed.ok_or_else(|| format!("there is no check {:?}", defect.check))?;
    let lines: Vec<&str> = printed.lines().collect();
    // A message that begins with a place says itself where the defect is.
    let anywhere = defect.says.starts_with("src/");
    let said = lines
        .iter()
        .enumerate()
        .filter(|(_, line)| anywhere || names(defect, line))
        .any(|(at, _)| {
            let message = &lines[at..lines.len().min(at + 20)];
            message.join("\n").contains(&defect.says)
        });
    if said {
        return Ok(Completion::Completed);
    }
    Err(format!(
        "{} does not say {:?}, but:\n{}",
        defect.check,
        defect.says,
        lines.join("\n")
    )
    .into())
}

/// Whether a line of a check's output begins with the place of the defect, right under its comment.
fn names(defect: &Defect, line: &str) -> bool {
    let place = line.strip_prefix(&format!("{}:", defect.page));
    let place = place.and_then(|rest| rest.split(':').next()?.parse::<usize>().ok());
    place.is_some_and(|place| (defect.line..defect.line + 4).contains(&place))
}

fn hanging_snippet() -> Result<(), Failed> {
    let dir = scratch("hanging");
    fs::create_dir_all(&dir)?;
    fs::write(
        dir.join("test.rs"),
        "fn main() { loop { std::thread::park() } }",
    )?;
    let variables = [
        ("SNIPPET_FLAGS", "".into()),
        ("SNIPPET_CACHE", dir.display().to_string()),
    ];
    let mut compile = Command::new(env!("CARGO_BIN_EXE_snippet-rustc"));
    compile
        .current_dir(&dir)
        .args(["test.rs", "-o", "out.exe"])
        .envs(variables);
    let compiled = process::run(&mut compile, process::TOOL)?;
    if compiled.code() != Some(0) {
        return Err(compiled.stderr.into());
    }
    let mut snippet = Command::new(dir.join("out.exe"));
    let ran = process::run(snippet.env("BOOK_DEADLINE", "1"), process::TOOL)?;
    match (ran.code(), ran.stderr.as_str()) {
        (Some(124), "still running after 1 s\n") => Ok(()),
        (code, stderr) => Err(format!("expected 124 and why, found {code:?}: {stderr}").into()),
    }
}
