//! `cargo xtask measure`: what the pages show is drawn from the data file, and nothing else is.
//! No test asserts how fast anything is.

mod support;

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;
use support::Book;
use xtask::measure;

const DATA: &str = "src/practice/cost/measured.json";

fn repository() -> &'static Path {
    let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
    xtask.parent().expect("the repository is above xtask")
}

/// A book with the repository's data, changed by `change`.
fn book(change: impl FnOnce(&mut Value)) -> Book {
    let book = Book::new();
    let data = fs::read_to_string(repository().join(DATA)).expect("it is committed");
    let mut data = serde_json::from_str(&data).expect("it is JSON");
    change(&mut data);
    fs::create_dir_all(book.path("src/practice/cost")).expect("the copy can be written");
    book.write(DATA, &data.to_string());
    book
}

fn xtask(book: &Book, arguments: &[&str]) -> Output {
    let mut xtask = Command::new(env!("CARGO_BIN_EXE_xtask"));
    xtask.arg("measure").args(arguments).arg("--root");
    xtask.arg(book.root()).output().expect("xtask starts")
}

fn fails(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn the_pages_show_what_the_data_gives() {
    let stale = measure::stale(repository()).expect("the data can be drawn");
    assert!(
        stale.is_empty(),
        "run `cargo xtask measure --draw`: {stale:?}"
    );
}

#[test]
fn without_go_the_rest_is_drawn() {
    let book = book(|data| {
        let benchmarks = data["benchmarks"]
            .as_object_mut()
            .expect("it has benchmarks");
        benchmarks.retain(|key, _| !key.starts_with("go/"));
        data["go_defers"] = serde_json::json!({});
    });
    let output = xtask(&book, &["--draw"]);
    assert!(output.status.success(), "{output:?}");
    let read = |name| fs::read_to_string(book.path(name)).expect("it is drawn");
    let tasks = read("src/practice/cost/tasks.svg");
    assert!(tasks.contains("</svg>") && !tasks.contains("spawn and join"));
    assert!(read("src/practice/cost/cleanup.svg").contains("unlock a mutex"));
    let row = read("src/practice/cost/cleanup.md");
    let row = row
        .lines()
        .find(|line| line.starts_with("| unlock a mutex"));
    let row = row.expect("its row is there");
    let rust = row.strip_prefix("| unlock a mutex | – | – | – | ");
    assert!(
        rust.is_some_and(|rust| rust.starts_with(|first: char| first.is_ascii_digit())),
        "{row}"
    );
    let numbers = read("src/practice/cost/numbers.txt");
    assert!(numbers.contains("ANCHOR: go-stream-1-cpu\n(not measured)\n"));
}

#[test]
fn a_quick_look_at_the_settlement_leaves_the_long_rounds_out() {
    const FOLDER: &str = "src/architecture/consistency";
    let speed = fs::read_to_string(repository().join(FOLDER).join("speed.json"));
    let mut speed: Value =
        serde_json::from_str(&speed.expect("it is committed")).expect("it is JSON");
    let benchmarks = speed["benchmarks"].as_object_mut();
    let benchmarks = benchmarks.expect("it has benchmarks");
    benchmarks.remove("rust/catch-up-10m/all");
    let book = Book::new();
    fs::create_dir_all(book.path(FOLDER)).expect("the copy can be written");
    book.write(&format!("{FOLDER}/speed.json"), &speed.to_string());
    let output = xtask(&book, &["settlement", "--draw"]);
    assert!(output.status.success(), "{output:?}");
    let read = |name: &str| fs::read_to_string(book.path(FOLDER).join(name)).expect("it is drawn");
    let table = read("speed.md");
    assert!(
        table.contains("| catching up on 10,000,000 events | – | – | – |\n"),
        "{table}"
    );
    assert!(read("numbers.txt").contains("ANCHOR: catch-up-10m\n(not measured)\n"));
}

#[test]
fn bad_data_is_named_and_nothing_is_drawn() {
    let book = book(|data| data["machine"] = Value::Null);
    let error = fails(&xtask(&book, &["--draw"]));
    assert!(
        error.contains("measured.json") && error.contains("cargo xtask measure"),
        "{error}"
    );
    book.remove(DATA);
    let error = fails(&xtask(&book, &["--draw"]));
    assert!(error.contains("cargo xtask measure"), "{error}");
    assert!(!book.path("src/practice/cost/tasks.svg").exists());
}

#[test]
fn a_run_that_fails_leaves_the_data_alone() {
    let book = book(|_| ());
    let before = fs::read(book.path(DATA)).expect("it is there");
    let error = fails(&xtask(&book, &["--quick"]));
    assert!(
        error.contains("Cargo.toml") || error.contains("cargo"),
        "{error}"
    );
    assert_eq!(fs::read(book.path(DATA)).expect("it is there"), before);
}

#[test]
fn two_runs_are_compared() {
    let one = book(|_| ());
    let path = one.path(DATA).display().to_string();
    assert!(xtask(&one, &["--against", &path]).status.success());

    let slower = book(|data| {
        let benchmarks = data["benchmarks"]
            .as_object_mut()
            .expect("it has benchmarks");
        for metric in benchmarks
            .values_mut()
            .flat_map(|found| found.as_object_mut())
            .flatten()
        {
            for bound in ["low", "median", "high"] {
                metric.1[bound] = Value::from(1e9);
            }
        }
    });
    let error = fails(&xtask(&slower, &["--against", &path]));
    assert!(error.contains("one in twenty"), "{error}");
}
