//! What the checks share. Each check is one file in `tests/` and says at its top what it promises.

#![allow(dead_code)] // every check compiles this module and uses a part of it

pub mod anatomy;
pub mod book;
pub mod compare;
pub mod crates;
pub mod fences;
pub mod go;
pub mod links;
pub mod process;
pub mod prose;
pub mod report;
pub mod rustc;
pub mod tools;

use std::path::{Path, PathBuf};

use book::Book;

/// The book under check: this one, or with `BOOK=fixture` the one that is broken on purpose.
pub fn book() -> Book {
    match std::env::var("BOOK").as_deref() {
        Ok("fixture") => fixture(),
        _ => read(include_str!(concat!(env!("OUT_DIR"), "/book.json"))),
    }
}

pub fn fixture() -> Book {
    read(include_str!(concat!(env!("OUT_DIR"), "/fixture.json")))
}

fn read(json: &str) -> Book {
    serde_json::from_str(json).expect("build.rs wrote it from the same types")
}

pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Where the checks keep what they made, below `target/`.
pub fn scratch(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(name)
}
