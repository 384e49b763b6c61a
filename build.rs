//! Pages -> tests: reads the book as mdBook does and hands its chapters to skeptic.
//!
//! Writes to `OUT_DIR`: `book.json` and `fixture.json`, what the checks in `tests/` read, and
//! `snippets.rs`, skeptic's tests with their calls led through `tests/snippets.rs`.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

#[path = "tests/support/book.rs"]
#[allow(dead_code)]
mod book;
#[path = "tests/support/markdown.rs"]
mod markdown;
#[path = "tests/support/parse.rs"]
mod parse;

fn main() -> Result<(), Box<dyn Error>> {
    for watched in [
        "book.toml",
        "src",
        "theme",
        "examples",
        "tests/fixtures",
        "tests/support",
    ] {
        println!("cargo::rerun-if-changed={watched}");
    }
    let out = PathBuf::from(std::env::var("OUT_DIR")?);
    write_book(Path::new("tests/fixtures/book"), &out, "fixture")?;
    let book = write_book(Path::new("."), &out, "book")?;
    skeptic::generate_doc_tests(&chapters(&book, &out.join("pages"))?);
    let tests = fs::read_to_string(out.join("skeptic-tests.rs"))?;
    write_if_new(
        &out.join("snippets.rs"),
        &tests.replace("skeptic::rt::", "crate::rt::"),
    )
}

fn write_book(root: &Path, out: &Path, name: &str) -> Result<book::Book, Box<dyn Error>> {
    let book = parse::book(root, &out.join(name))
        .map_err(|error| format!("the book in {} cannot be read: {error:#}", root.display()))?;
    write_if_new(
        &out.join(name).with_extension("json"),
        &serde_json::to_string(&book)?,
    )?;
    Ok(book)
}

/// Writes each page for skeptic and returns the files.
fn chapters(book: &book::Book, dir: &Path) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    fs::create_dir_all(dir)?;
    let write = |page: &book::Page| {
        let file = dir.join(page.path.trim_start_matches("src/").replace('/', "_"));
        write_if_new(&file, &parse::for_skeptic(page)).map(|()| file)
    };
    book.pages.iter().map(write).collect()
}

/// Leaves the file's time alone when nothing changed, so that nothing is compiled again.
fn write_if_new(file: &Path, text: &str) -> Result<(), Box<dyn Error>> {
    if fs::read_to_string(file).is_ok_and(|old| old == text) {
        return Ok(());
    }
    Ok(fs::write(file, text)?)
}
