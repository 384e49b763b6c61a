//! What the program is told on its command line, and what it answers.

mod faults;
mod letters;
mod runs;
mod turn;

use std::error::Error as _;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};

use super::data::{DataError, Wanted};
use super::event::LIMIT;
use super::faults::Failure;
use super::log::LogError;
use super::reconcile::{ReconcileError, Unbalanced};
use super::run::RunError;
use super::store::StoreError;
use super::subscriber::SubscriberError;
use super::views::{ApplyError, NoLetter};

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

/// A settlement that loses no event and applies none twice.
#[derive(Debug, Parser)]
#[command(bin_name = "settlement", args_conflicts_with_subcommands = true)]
pub struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    run: Run,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Write a stream of trades, publish and apply their events, and reconcile (the default)
    Run(Run),
    /// Compute all balances again, and name every difference
    Reconcile {
        #[command(flatten)]
        data: DataArgs,
        #[command(flatten)]
        kafka: KafkaArgs,
        /// Make the log again from the commands if it is damaged, and the views from the log
        #[arg(long)]
        repair: bool,
    },
    /// Break it in every way that is known, and check it after each
    Faults(faults::Faults),
    /// What could not be applied
    DeadLetters {
        #[command(subcommand)]
        action: letters::Action,
    },
}

#[derive(Debug, Args)]
struct DataArgs {
    /// Where everything is kept
    #[arg(long, value_name = "DIR", default_value = "target/settlement")]
    data: PathBuf,
    /// The most cents that an event may move; more is a dead letter
    #[arg(long, value_name = "CENTS", default_value_t = LIMIT)]
    limit: i64,
}

#[derive(Debug, Args)]
struct KafkaArgs {
    /// Keep the log on Kafka: where its brokers are, as 127.0.0.1:9092. Several programs may then
    /// share a directory
    #[arg(long, value_name = "HOST:PORT,..")]
    kafka: Option<String>,
    /// The topic of a new settlement [default: one that nobody else has]
    #[arg(long, value_name = "NAME", requires = "kafka")]
    topic: Option<String>,
    /// How long a program may be silent before its partitions are another's
    #[arg(long, value_name = "DURATION", default_value = "6s", value_parser = duration)]
    session: Duration,
}

#[derive(Debug, Args)]
struct Run {
    #[command(flatten)]
    data: DataArgs,
    #[command(flatten)]
    kafka: KafkaArgs,
    /// Events in all, two a trade; a run that was stopped goes on where it was [default: 20000]
    #[arg(long, value_name = "N")]
    events: Option<u64>,
    /// Let trades come for so long, as `10s`, `500ms` or `2m`
    #[arg(long = "for", value_name = "DURATION", value_parser = duration)]
    time: Option<Duration>,
    /// Partitions of a new log [default: 4]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1024))]
    partitions: Option<u32>,
    /// Accounts of a new settlement [default: 100]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(2..))]
    accounts: Option<u32>,
    /// Where the trades of a new settlement come from [default: 1]
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Make one trade in N one that cannot be applied; 0 for none [default: 0]
    #[arg(long, value_name = "N")]
    poison: Option<u32>,
    /// Subscribers that share the partitions
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = clap::value_parser!(u32).range(1..=64))]
    subscribers: u32,
    /// Wait so long between two reconciliations while it runs; 0s for none before the end
    #[arg(long, value_name = "DURATION", default_value = "5s", value_parser = duration)]
    reconcile_every: Duration,
    /// Serve the numbers to a Prometheus on this machine, as on 127.0.0.1:9184
    #[arg(long, value_name = "ADDRESS", value_parser = loopback)]
    metrics: Option<SocketAddr>,
    /// How long it may take to stop
    #[arg(long, value_name = "DURATION", default_value = "10s", value_parser = duration)]
    stop_within: Duration,
}

impl Run {
    fn wanted(&self) -> Wanted {
        Wanted {
            seed: self.seed,
            accounts: self.accounts,
            partitions: self.partitions,
            poison: self.poison,
        }
    }
}

/// Reads `10s`, `500ms`, `2m`.
fn duration(text: &str) -> Result<Duration, String> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let number = digits.parse::<u64>().ok();
    let duration = match (number, &text[digits.len()..]) {
        (Some(number), "ms") => Some(Duration::from_millis(number)),
        (Some(number), "s") => Some(Duration::from_secs(number)),
        (Some(number), "m") => number.checked_mul(60).map(Duration::from_secs),
        _ => None,
    };
    duration.ok_or_else(|| format!("{text:?} is no time: write 500ms, 10s or 2m"))
}

/// Reads an address that other machines cannot reach: nobody is asked who they are there.
fn loopback(text: &str) -> Result<SocketAddr, String> {
    match text.parse::<SocketAddr>() {
        Ok(address) if address.ip().is_loopback() => Ok(address),
        _ => Err(format!(
            "{text:?} is no address of this machine alone: write 127.0.0.1:9184 or [::1]:9184"
        )),
    }
}

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
            (Some(StoreError::Damaged { .. }), _) => (
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
fn report(error: &Error) -> u8 {
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

/// Does what the command line says.
///
/// # Panics
///
/// If the system gives no runtime.
#[must_use]
pub fn main(cli: Cli) -> ExitCode {
    let runtime = tokio::runtime::Runtime::new().expect("the system gives a runtime");
    let done = runtime.block_on(async {
        match cli.command {
            None => runs::run(cli.run).await,
            Some(Command::Run(run)) => runs::run(run).await,
            Some(Command::Reconcile {
                data,
                kafka,
                repair,
            }) => runs::reconcile(data, kafka, repair).await,
            Some(Command::Faults(faults)) => faults::run(faults).await,
            Some(Command::DeadLetters { action }) => letters::act(action).await,
        }
    });
    ExitCode::from(done.unwrap_or_else(|error| report(&error)))
}
