//! The settlement program: see `companion::settlement`.

use std::process::ExitCode;

use clap::Parser;
use companion::settlement::cli::{Cli, main as settle};

fn main() -> ExitCode {
    settle(Cli::parse())
}
