//! What the book is made from, and whether it changed.
//!
//! Files are asked for their times: notifications from the file system also
//! tell of reads, and a build that reads its sources would start the next one.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

const SOURCES: [&str; 6] = [
    "Cargo.lock",
    "book.toml",
    "examples",
    "rust-toolchain.toml",
    "src",
    "theme",
];

/// Each file's time of change and length.
#[derive(PartialEq)]
pub struct Snapshot(BTreeMap<PathBuf, (Option<SystemTime>, u64)>);

impl Snapshot {
    /// Looks at the book in `root`. What can't be read is taken as absent.
    pub fn take(root: &Path) -> Self {
        let mut files = BTreeMap::new();
        let mut pending: Vec<PathBuf> = SOURCES.map(PathBuf::from).into();
        while let Some(path) = pending.pop() {
            let Ok(data) = fs::symlink_metadata(root.join(&path)) else {
                continue;
            };
            if data.is_dir() {
                let entries = fs::read_dir(root.join(&path)).into_iter().flatten();
                pending.extend(entries.flatten().map(|entry| path.join(entry.file_name())));
            } else {
                files.insert(path, (data.modified().ok(), data.len()));
            }
        }
        Self(files)
    }

    /// One file that came, went or changed since `earlier`, if any did.
    pub fn difference<'a>(&'a self, earlier: &'a Self) -> Option<&'a Path> {
        let files = self.0.keys().chain(earlier.0.keys());
        let mut changed = files.filter(|path| self.0.get(*path) != earlier.0.get(*path));
        changed.next().map(PathBuf::as_path)
    }
}
