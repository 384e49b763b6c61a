//! How it ends: exit codes, errors, and what to do about each.

use std::error::Error as _;

use crate::settlement::data::DataError;
use crate::settlement::faults::Failure;
use crate::settlement::log::LogError;
use crate::settlement::reconcile::{ReconcileError, Unbalanced};
use crate::settlement::run::RunError;
use crate::settlement::store::StoreError;
use crate::settlement::subscriber::SubscriberError;
use crate::settlement::views::{ApplyError, NoLetter};

/// It ended as it should: everything was applied, or it was told to stop.
pub const OK: u8 = 0;
/// Something failed. The message says what, and what to do.
pub const FAILED: u8 = 1;
/// The books do not balance. The report names every difference.
pub const DIFFERENT: u8 = 3;
/// A database is damaged. The message says where, and what to do.
pub const DAMAGED: u8 = 4;
/// It was told to stop and did not in time.
pub const LATE: u8 = 5;

/// Why the program ends early.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Data(#[from] DataError),
    #[error(transparent)]
    Run(#[from] RunError),
    #[error(transparent)]
    Reconcile(#[from] ReconcileError),
    #[error(transparent)]
    Letter(#[from] NoLetter),
    #[error(transparent)]
    Fault(#[from] Failure),
    #[error("{what}")]
    Io {
        what: String,
        source: std::io::Error,
    },
}

impl Error {
    fn store(&self) -> Option<&StoreError> {
        match self {
            Error::Data(DataError::Store(error))
            | Error::Run(
                RunError::Store(error)
                | RunError::Subscriber(SubscriberError::Apply(ApplyError::Store(error)))
                | RunError::Unbalanced(Unbalanced::Failed(ReconcileError::Store(error))),
            )
            | Error::Reconcile(ReconcileError::Store(error))
            | Error::Letter(NoLetter::Store(error)) => Some(error),
            _ => None,
        }
    }

    fn log(&self) -> Option<&LogError> {
        match self {
            Error::Data(DataError::Log(error))
            | Error::Run(
                RunError::Log(error)
                | RunError::Subscriber(SubscriberError::Log(error))
                | RunError::Unbalanced(Unbalanced::Failed(ReconcileError::Log(error))),
            )
            | Error::Reconcile(ReconcileError::Log(error)) => Some(error),
            _ => None,
        }
    }

    /// Its exit code, and what to do about it.
    fn advice(&self) -> (u8, &'static str) {
        match (self.store(), self.log()) {
            (Some(StoreError::Damaged { file, .. }), _) if file == "commands.db" => (
                DAMAGED,
                "restore it from a backup: nothing else has the commands",
            ),
            (Some(StoreError::Format { file, .. }), _) if file == "commands.db" => (
                FAILED,
                "use the program that made it, or take another --data",
            ),
            (Some(StoreError::Damaged { .. } | StoreError::Format { .. }), _) => (
                DAMAGED,
                "`settlement reconcile --repair` makes the views again from the log",
            ),
            (_, Some(LogError::Damaged(_))) => (
                DAMAGED,
                "`settlement reconcile --repair` makes the log again from the commands",
            ),
            (_, Some(LogError::Partitions { .. })) => (
                FAILED,
                "with another number of partitions, an account's events would be in two of them: \
                 take another --data, and on Kafka another --topic",
            ),
            (Some(StoreError::Full { .. } | StoreError::Sqlite { .. }), _)
            | (_, Some(LogError::Unavailable(_))) => {
                (FAILED, "mend that and run it again: nothing is lost")
            }
            _ => match self {
                Error::Run(RunError::Late(_)) => (LATE, ""),
                Error::Run(RunError::Unbalanced(Unbalanced::Different(_))) => (
                    DIFFERENT,
                    "`settlement reconcile --repair` makes the log and the views again",
                ),
                Error::Run(RunError::Unwritten(_)) => (
                    DAMAGED,
                    "restore it from a backup: nothing else has the commands",
                ),
                Error::Data(DataError::Io { .. }) => (
                    FAILED,
                    "make it a directory that you may write to, or give --data another",
                ),
                _ => (FAILED, ""),
            },
        }
    }
}

/// Says on stderr what went wrong and what to do, and returns the exit code.
pub fn report(error: &Error) -> u8 {
    eprintln!("error: {error}");
    let mut cause = error.source();
    while let Some(error) = cause {
        eprintln!("  because: {error}");
        cause = error.source();
    }
    let (code, advice) = error.advice();
    if !advice.is_empty() {
        eprintln!("  help: {advice}");
    }
    code
}
