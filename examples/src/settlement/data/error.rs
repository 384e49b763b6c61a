//! What can be the matter with a directory.

use std::io;
use std::path::PathBuf;

use super::super::log::LogError;
use super::super::store::StoreError;

/// Why a directory could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum DataError {
    #[error("{} cannot be used", dir.display())]
    Io { dir: PathBuf, source: io::Error },
    #[error("{} is in use: another settlement runs on it", dir.display())]
    InUse { dir: PathBuf },
    #[error("there is no settlement in {}: `settlement run` makes one", .0.display())]
    Nothing(PathBuf),
    #[error("{} was made with {what} {has}, not {wanted}: leave the option out, or take another directory", dir.display())]
    Setup {
        dir: PathBuf,
        what: &'static str,
        has: u64,
        wanted: u64,
    },
    #[error("{} keeps its log {has}: {help}", dir.display())]
    Elsewhere {
        dir: PathBuf,
        has: String,
        help: &'static str,
    },
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Log(#[from] LogError),
}
