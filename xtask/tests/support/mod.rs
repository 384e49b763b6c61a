//! A small book of each test's own.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

/// A copy of `tests/book` that a test may break.
pub struct Book(TempDir);

impl Book {
    pub fn new() -> Self {
        let book = Self(tempfile::tempdir().expect("a temporary directory"));
        let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/book");
        copy(&from, book.root());
        book
    }

    pub fn root(&self) -> &Path {
        self.0.path()
    }

    pub fn path(&self, file: &str) -> PathBuf {
        self.root().join(file)
    }

    pub fn write(&self, file: &str, text: &str) {
        fs::write(self.path(file), text).expect("the copy can be written");
    }

    pub fn remove(&self, file: &str) {
        fs::remove_file(self.path(file)).expect("the copy holds it");
    }
}

fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).expect("the book is there") {
        let entry = entry.expect("its files can be listed");
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            fs::create_dir(&to).expect("the copy can be written");
            copy(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).expect("the copy can be written");
        }
    }
}
