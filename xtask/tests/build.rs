//! `cargo xtask build`: a whole site or none, the same as mdBook's.

mod support;

use std::fs;
use std::io::Write;
use std::process::{Command, Stdio};

use mdbook_driver::MDBook;
use mdbook_driver::config::Config;
use mdbook_preprocessor::{Preprocessor, PreprocessorContext};
use support::Book;
use xtask::pages::Pages;
use xtask::site;

fn xtask() -> Command {
    Command::new(env!("CARGO_BIN_EXE_xtask"))
}

fn failure(book: &Book) -> String {
    let out = book.path("site");
    let error = site::write(book.root(), &out).expect_err("the book is broken");
    format!("{error:?}")
}

#[test]
fn a_page_gets_its_diagram_versions_and_link() {
    let book = Book::new();
    site::write(book.root(), &book.path("site")).expect("it builds");
    let page = fs::read_to_string(book.path("site/orders.html")).expect("the page is there");
    assert!(page.contains("<pre class=\"mermaid\">flowchart TD"));
    assert!(page.contains("rustc 1.95.0 · edition 2024 · tokio 1.54.1</span>"));
    assert!(page.contains("type%20Orders%20%3D"));
    assert!(!page.contains("play-button"));
}

#[test]
fn a_failing_build_leaves_the_last_site_whole() {
    let book = Book::new();
    site::write(book.root(), &book.path("site")).expect("it builds");
    book.write("src/orders.md", "# Orders\n\n{{#include gone.rs}}\n");
    let error = failure(&book);
    assert!(error.contains("gone.rs"), "{error}");
    let page = fs::read_to_string(book.path("site/orders.html")).expect("the page is there");
    assert!(page.contains("The first draft."));
    let left: Vec<_> = fs::read_dir(book.root())
        .expect("the book is there")
        .map(|entry| entry.expect("it can be listed").file_name())
        .filter(|name| name.to_string_lossy().starts_with(".book-"))
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn what_is_no_built_book_is_not_replaced() {
    let book = Book::new();
    let error = site::write(book.root(), &book.path("src")).expect_err("it holds the pages");
    assert!(error.to_string().contains("--out"), "{error}");
    assert!(book.path("src/orders.md").exists());
}

#[test]
fn a_missing_page_is_an_error_and_stays_missing() {
    let book = Book::new();
    book.write("book.toml", "[build]\ncreate-missing = true\n");
    book.remove("src/orders.md");
    let error = failure(&book);
    assert!(error.contains("orders.md"), "{error}");
    assert!(!book.path("src/orders.md").exists());
}

#[test]
fn a_tag_nobody_closes_is_an_error_that_names_the_page() {
    let book = Book::new();
    book.write("src/orders.md", "# Orders\n\n<details>\n\nNever closed.\n");
    let error = failure(&book);
    assert!(
        error.contains("<details>") && error.contains("orders.md"),
        "{error}"
    );
}

#[test]
fn a_broken_book_toml_is_an_error_that_names_the_line() {
    let book = Book::new();
    book.write("book.toml", "[book]\ntitle = \"unclosed\n");
    let error = failure(&book);
    assert!(
        error.contains("book.toml") && error.contains("line 2"),
        "{error}"
    );
}

#[test]
fn mdbook_gets_the_same_pages_from_the_command() {
    let book = Book::new();
    let config = Config::from_disk(book.path("book.toml")).expect("book.toml is right");
    let loaded = MDBook::load_with_config(book.root(), config.clone()).expect("the book is right");
    let context = PreprocessorContext::new(book.root().to_owned(), config, "html".to_owned());
    let expected = Pages.run(&context, loaded.book.clone()).expect("it runs");

    let mut command = xtask()
        .arg("preprocess")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("xtask starts");
    let mut stdin = command.stdin.take().expect("it was piped");
    let input = serde_json::to_string(&(&context, &loaded.book)).expect("mdBook sends JSON");
    stdin.write_all(input.as_bytes()).expect("it reads");
    drop(stdin);
    let output = command.wait_with_output().expect("it ends");
    let found: mdbook_preprocessor::book::Book =
        serde_json::from_slice(&output.stdout).expect("it answers with a book");
    assert_eq!(found, expected);
}

#[test]
fn only_html_is_supported() {
    let supports = |renderer| {
        let status = xtask().args(["preprocess", "supports", renderer]).status();
        status.expect("xtask starts").success()
    };
    assert!(supports("html"));
    assert!(!supports("epub"));
}
