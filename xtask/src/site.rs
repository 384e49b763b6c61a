//! From the book's sources to a directory of HTML.

use std::fs;
use std::path::{Path, PathBuf, absolute};

use anyhow::{Context, Result, ensure};
use mdbook_driver::MDBook;
use mdbook_driver::config::Config;

use crate::complaints;
use crate::pages::Pages;

/// Builds the book at `root` into `out` and returns where its HTML is.
///
/// `out` may be half written when this fails; [`write`] never leaves that behind.
///
/// # Errors
/// If `book.toml`, `SUMMARY.md` or a page can't be read or made sense of, or
/// `out` can't be written.
pub fn render(root: &Path, out: &Path) -> Result<PathBuf> {
    complaints::heed(|| {
        let mut config = Config::from_disk(root.join("book.toml")).context("book.toml")?;
        config.update_from_env()?;
        config.build.build_dir = absolute(out)?;
        // Whatever book.toml says, building must not write into src.
        config.build.create_missing = false;
        let mut book = MDBook::load_with_config(root, config)?;
        book.with_preprocessor(Pages);
        book.build()?;
        Ok(book.build_dir_for("html"))
    })
}

/// Builds the book at `root` and, if that went well, puts it in place of `out`.
///
/// # Errors
/// As [`render`], and if `out` holds something that is not a built book.
pub fn write(root: &Path, out: &Path) -> Result<()> {
    let out = absolute(out)?;
    ensure!(
        replaceable(&out),
        "{} holds something that is not a built book: remove it or choose another --out",
        out.display()
    );
    let parent = out.parent().context("--out needs a parent directory")?;
    fs::create_dir_all(parent).with_context(|| parent.display().to_string())?;
    // Beside `out`, so that the last step is a rename on one file system.
    let scratch = tempfile::Builder::new()
        .prefix(".book-")
        .tempdir_in(parent)
        .with_context(|| parent.display().to_string())?;
    let fresh = scratch.path().join("site");
    render(root, &fresh)?;
    if out.exists() {
        fs::remove_dir_all(&out).with_context(|| out.display().to_string())?;
    }
    fs::rename(&fresh, &out).with_context(|| out.display().to_string())
}

fn replaceable(out: &Path) -> bool {
    let Ok(mut entries) = out.read_dir() else {
        return !out.exists();
    };
    entries.next().is_none() || out.join("toc.html").is_file()
}
