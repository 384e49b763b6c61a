//! Faults on purpose. After each one: no event lost, none applied twice, the books balanced.
//!
//! Everything comes out of a seed, except when a process is hit by its kill. Run it:
//!
//! ```text
//! cargo run -q -p companion --bin settlement -- faults --seed 7 --kills 20
//! cargo xtask faults
//! ```

pub mod damage;
pub mod kill;
pub mod layer;
pub mod room;
pub mod scenes;
mod subscribers;

use std::path::Path;
use std::{fs, io};

use super::data::{DataError, Stores};
use super::log::LogError;
use super::log::embedded::EmbeddedLog;
use super::reconcile::{ReconcileError, Report, reconcile};
use super::relay::{self, RelayError};
use super::repair::RepairError;
use super::run::RunError;

/// Faults of one kind that were survived.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Survived {
    pub fault: &'static str,
    /// How often it happened.
    pub times: u64,
    /// Events that were checked after it, in all.
    pub events: u64,
}

/// A fault that was not survived, or that could not be made.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    #[error("{after}:\n{report}")]
    Books { after: String, report: Box<Report> },
    #[error("{0}")]
    Wrong(String),
    #[error(transparent)]
    Data(#[from] DataError),
    #[error(transparent)]
    Run(#[from] RunError),
    #[error(transparent)]
    Reconcile(#[from] ReconcileError),
    #[error(transparent)]
    Relay(#[from] RelayError),
    #[error(transparent)]
    Repair(#[from] RepairError),
    #[error(transparent)]
    Log(#[from] LogError),
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Checks that nothing is lost and nothing is applied twice. Events may be on their way.
async fn check(stores: &Stores<EmbeddedLog>, after: &str) -> Result<Report, Failure> {
    relay::check(&stores.commands, &stores.log).await?;
    stores.log.verify().await?;
    let report = reconcile(&stores.commands, &stores.log, &stores.views).await?;
    if report.is_balanced() {
        Ok(report)
    } else {
        Err(Failure::Books {
            after: after.into(),
            report: Box::new(report),
        })
    }
}

/// Checks the same, and that no event is on its way or given up.
async fn check_all(stores: &Stores<EmbeddedLog>, after: &str) -> Result<Report, Failure> {
    let report = check(stores, after).await?;
    if report.applied() == report.written {
        Ok(report)
    } else {
        Err(Failure::Books {
            after: format!("{after}: not everything is applied"),
            report: Box::new(report),
        })
    }
}

/// Copies the files of a directory.
fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for file in fs::read_dir(from)? {
        let file = file?;
        // SQLite makes it again from the write-ahead log.
        if !file.file_name().to_string_lossy().ends_with("-shm") {
            fs::copy(file.path(), to.join(file.file_name()))?;
        }
    }
    Ok(())
}
