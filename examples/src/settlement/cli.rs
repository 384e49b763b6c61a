//! What the program is told on its command line, and what it answers.

mod arguments;
mod error;
mod faults;
mod kafka;
mod letters;
mod reconciles;
mod runs;
mod turn;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use arguments::{DataArgs, KafkaArgs, Run};
pub use error::{DAMAGED, DIFFERENT, Error, FAILED, LATE, OK};

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
            }) => reconciles::run(data, kafka, repair).await,
            Some(Command::Faults(faults)) => faults::run(faults).await,
            Some(Command::DeadLetters { action }) => letters::act(action).await,
        }
    });
    ExitCode::from(done.unwrap_or_else(|error| error::report(&error)))
}
