//! Every generated table on a page is what running its cells gives: no cell is typed by hand.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use companion::shutdown::{self, GROUPS, Group, Ran, Way};
use companion::waiting::{self, TABLES};
use libtest_mimic::{Completion, Trial};
use support::go::Module;
use support::report::{self, Outcome};
use support::{crates, go, process, root};

mod support;

/// A table in a file of its own, which a page includes.
struct Table {
    /// From the book's root.
    file: &'static str,
    /// Why some of its cells, or all, cannot be run here.
    lacks: Option<String>,
    /// Makes it from what its cells do. It is given the old table: cells that cannot be run stay.
    make: Box<dyn Fn(&str) -> Result<String, String> + Send>,
}

fn tables(book: &Path) -> Vec<Table> {
    if book.ends_with("fixtures/book") {
        let file = "src/stale-table.md";
        return vec![Table {
            file,
            ..shutdown(&GROUPS[4])
        }];
    }
    let shutdown = GROUPS.iter().map(shutdown);
    shutdown.chain(TABLES.iter().map(waiting)).collect()
}

/// A table of the shutdown matrix.
fn shutdown(group: &'static Group) -> Table {
    let go = group.ways().any(|way| !way.go.is_empty());
    let lacks = HERE
        .clone()
        .and_then(|()| if go { go::require() } else { Ok(()) });
    Table {
        file: group.file,
        lacks: lacks.err(),
        make: Box::new(|old| matrix(group, old)),
    }
}

/// Whether processes end here as they did where the matrix was written.
static HERE: LazyLock<Result<(), String>> = LazyLock::new(|| {
    if !cfg!(all(target_os = "linux", target_env = "gnu")) {
        return Err("needs Linux with glibc: elsewhere a process ends in another way".into());
    }
    // A shell ignores Ctrl-C in what it starts with `&`, and a child inherits that.
    let mut probe = Command::new("sh");
    let ran = process::run(
        probe.args(["-c", "kill -s INT $$; echo alive"]),
        process::TOOL,
    );
    match ran.map_err(|error| format!("sh: {error}"))?.stdout.as_str() {
        "" => Ok(()),
        _ => Err("needs a Ctrl-C that ends a process: run the tests in the foreground".into()),
    }
});

fn main() {
    let book = root().join(support::book().root);
    report::run(tables(&book).into_iter().map(|table| {
        let file = book.join(table.file);
        Trial::ignorable_test(table.file, move || {
            let note = |runs| report::table(table.file, &read(&file), runs);
            report::repeated(table.file, || check(&table, &file), note)
        })
    }));
}

fn read(file: &Path) -> String {
    fs::read_to_string(file)
        .unwrap_or_default()
        .replace("\r\n", "\n")
}

fn check(table: &Table, file: &Path) -> Outcome {
    let old = read(file);
    let new = (table.make)(&old)?;
    let bless = std::env::var("BLESS").as_deref() == Ok("1");
    if new != old && bless {
        fs::write(file, &new)?;
    } else if new != old {
        return Err(difference(table.file, &old, &new).into());
    }
    match &table.lacks {
        Some(lacks) => report::skip(lacks),
        None => Ok(Completion::Completed),
    }
}

/// The rows in which a file is stale.
fn difference(file: &str, old: &str, new: &str) -> String {
    let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let mut message = String::from("other than what running it gives\n");
    for line in 0..old.len().max(new.len()) {
        let [shown, found] = [&old, &new].map(|lines| *lines.get(line).unwrap_or(&"no such row"));
        if shown != found {
            message += &format!(
                "{file}:{}: stale row\nexpected {shown}\nfound    {found}\n",
                line + 1
            );
        }
    }
    message + "if that is how it is, `BLESS=1 cargo test --test tables` writes it"
}

fn matrix(group: &Group, old: &str) -> Result<String, String> {
    if HERE.is_err() {
        return Ok(old.to_owned());
    }
    shutdown::table(group, rust, |way| match go::require() {
        Ok(()) => go(way),
        Err(_) => known(way, old),
    })
}

/// A part of the waiting table. Go's rows are the last.
fn waiting(table: &'static waiting::Table) -> Table {
    let lacks = go::require().err();
    let go = lacks.is_none();
    let make = move |old: &str| {
        let mut rows = waiting::rust();
        if go {
            rows.extend(waiting::go(&waiting_in_go()?)?);
            return Ok(table.of(&rows));
        }
        let known = old
            .split_inclusive('\n')
            .filter(|row| row.starts_with("| Go"));
        Ok(table.of(&rows) + &known.collect::<String>())
    };
    Table {
        file: table.file,
        lacks,
        make: Box::new(make),
    }
}

/// What the Go half of the waiting table prints.
fn waiting_in_go() -> Result<String, String> {
    let program = Module::new(waiting::GO, None)?.make()?;
    let run = process::run(&mut Command::new(program), process::deadline());
    let run = run.map_err(|error| error.to_string())?;
    match run.code() {
        Some(0) => Ok(run.stdout),
        _ => Err(format!("table.go: {}\n{}", run.ending(), run.stderr)),
    }
}

/// Takes a way in a process of its own.
fn rust(way: &Way) -> Result<Ran, String> {
    static UNWINDING: LazyLock<Result<PathBuf, String>> = LazyLock::new(|| program("unwind"));
    static ABORTING: LazyLock<Result<PathBuf, String>> = LazyLock::new(|| program("abort"));
    let program = if way.aborts { &ABORTING } else { &UNWINDING };
    run(program.as_ref()?, &way.argument())
}

fn program(panic: &str) -> Result<PathBuf, String> {
    let compiler = crates::compiler().with(&format!("-Cpanic={panic}"));
    compiler.compile(include_str!("../examples/src/bin/shutdown.rs"), "2024")
}

/// What Go does on its way.
fn go(way: &Way) -> Result<String, String> {
    static PROGRAM: LazyLock<Result<PathBuf, String>> = LazyLock::new(|| {
        let program = Module::new(shutdown::GO, None)?.make()?;
        let listed = process::run(&mut Command::new(&program), process::deadline());
        let listed = listed.map_err(|error| error.to_string())?.stdout;
        let ways = GROUPS.iter().flat_map(Group::ways).map(Way::go_argument);
        let ways: BTreeSet<String> = ways.filter(|way| !way.is_empty()).collect();
        let listed: BTreeSet<String> = listed.lines().map(str::to_owned).collect();
        match ways == listed {
            true => Ok(program),
            false => Err(format!(
                "expected the ways {ways:?}, found in Go {listed:?}"
            )),
        }
    });
    Ok(way.go_cell(&run(PROGRAM.as_ref()?, &way.go_argument())?))
}

/// What the old table says of Go.
fn known(way: &Way, old: &str) -> Result<String, String> {
    let row = format!("| {} |", way.title());
    let row = old.lines().find(|line| line.starts_with(&row));
    let cell = row.and_then(|row| row.split(" | ").nth(2)?.strip_suffix(" |"));
    cell.map(str::to_owned)
        .ok_or(format!("the row {:?} is new: it needs Go", way.title()))
}

fn run(program: &Path, way: &str) -> Result<Ran, String> {
    let ran = process::run(Command::new(program).arg(way), process::deadline());
    let ran = ran.map_err(|error| format!("{way}: {error}"))?;
    match ran.status {
        None => Err(format!("{way}: {}\n{}", ran.ending(), ran.stdout)),
        Some(_) => Ok(Ran {
            ending: ran.ending(),
            printed: ran.stdout,
        }),
    }
}
