//! `cargo xtask …`: everything a contributor types besides `cargo test`.

use std::future::Future;
use std::io::{stdin, stdout};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, ensure};
use clap::{Parser, Subcommand};
use tokio::signal::ctrl_c;
use xtask::serve::{Rebuild, Server};
use xtask::{check, measure, pages, site};

#[derive(Parser)]
#[command(bin_name = "cargo xtask", about = "The book's own tasks")]
struct Cli {
    #[command(subcommand)]
    task: Task,
    /// Another book than this repository's
    #[arg(long, value_name = "DIR", global = true, hide = true)]
    root: Option<PathBuf>,
}

#[derive(Subcommand)]
enum Task {
    /// Show the book in a browser and rebuild it on every save
    Serve {
        /// Where on 127.0.0.1; 0 takes any free port
        #[arg(long, default_value_t = 3000)]
        port: u16,
        /// Open the browser
        #[arg(long)]
        open: bool,
    },
    /// Write the static site
    Build {
        /// Where to; `book` in the repository's root unless given
        #[arg(long, value_name = "DIR")]
        out: Option<PathBuf>,
    },
    /// Break the settlement program in every known way, and check it after each
    Faults {
        /// Where all chance comes from
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// How often a process is killed
        #[arg(long, default_value_t = 200)]
        kills: u32,
        /// Record what it survived for its page
        #[arg(long)]
        write: bool,
    },
    /// Check everything that has to hold before a change lands
    Check {
        /// Fail where a tool is missing, instead of skipping what needs it
        #[arg(long)]
        no_skips: bool,
        /// How often to run every program, on a machine kept busy
        #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..))]
        repeat: u32,
        /// Write what the programs print, and the census, into the pages
        #[arg(long)]
        bless: bool,
    },
    /// Measure, and redraw what the pages show of it
    Measure {
        #[arg(value_enum, default_value_t)]
        subject: measure::Subject,
        /// About a minute: a look, with a wide spread
        #[arg(long)]
        quick: bool,
        /// Measure nothing: redraw from the data file
        #[arg(long, conflicts_with = "quick")]
        draw: bool,
        /// Measure nothing: say where the data file and this other one disagree
        #[arg(long, value_name = "FILE", conflicts_with_all = ["quick", "draw"])]
        against: Option<PathBuf>,
        /// Measure the settlement on this broker, too: it keeps topics named settlement-speed-…
        #[arg(long, value_name = "HOST:PORT", requires = "broker")]
        kafka: Option<String>,
        /// What that broker is, for the table: its name and version
        #[arg(long, value_name = "NAME", requires = "kafka")]
        broker: Option<String>,
    },
    /// What an installed `mdbook` runs, as `book.toml` tells it to
    #[command(hide = true)]
    Preprocess {
        #[command(subcommand)]
        question: Option<Question>,
    },
}

#[derive(Subcommand)]
enum Question {
    Supports { renderer: String },
}

fn main() -> ExitCode {
    run(Cli::parse()).unwrap_or_else(|error| {
        eprintln!("error: {}", explain(&error));
        ExitCode::FAILURE
    })
}

fn run(cli: Cli) -> Result<ExitCode> {
    let root = cli.root.map_or_else(repository, Ok)?;
    match cli.task {
        Task::Serve { port, open } => serve(&root, port, open)?,
        Task::Build { out } => {
            let out = out.unwrap_or_else(|| root.join("book"));
            site::write(&root, &out)?;
            println!("{}", out.join("index.html").display());
        }
        Task::Check {
            no_skips,
            repeat,
            bless,
        } => check::run(
            &root,
            &check::Options {
                no_skips,
                repeat,
                bless,
            },
        )?,
        Task::Faults { seed, kills, write } => faults(&root, seed, kills, write)?,
        Task::Measure {
            subject,
            quick,
            draw,
            against,
            kafka,
            broker,
        } => measure::run(
            &root,
            &measure::Options {
                subject,
                quick,
                draw,
                against,
                kafka: kafka
                    .zip(broker)
                    .map(|(brokers, name)| measure::Kafka { brokers, name }),
            },
        )?,
        Task::Preprocess { question: None } => pages::filter(stdin().lock(), stdout().lock())?,
        Task::Preprocess {
            question: Some(Question::Supports { renderer }),
        } => return Ok(ExitCode::from(u8::from(!pages::supports(&renderer)))),
    }
    Ok(ExitCode::SUCCESS)
}

fn repository() -> Result<PathBuf> {
    let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
    Ok(xtask.parent().context("xtask has no parent")?.to_owned())
}

fn faults(root: &Path, seed: u64, kills: u32, write: bool) -> Result<()> {
    let (seed, kills) = (format!("--seed={seed}"), format!("--kills={kills}"));
    let program = ["run", "-q", "-p", "companion", "--bin", "settlement", "--"];
    let status = Command::new(env!("CARGO"))
        .current_dir(root)
        .args(program)
        .args(["faults", &seed, &kills, "--damages=200"])
        .args(write.then_some("--write"))
        .status()
        .context("cargo cannot be run")?;
    ensure!(status.success(), "the settlement did not survive: {status}");
    Ok(())
}

#[tokio::main]
async fn serve(root: &Path, port: u16, open: bool) -> Result<()> {
    let stopped = stop_signal()?;
    let server = Server::bind(root, port).await?;
    let address = format!("http://{}", server.address()?);
    println!("{address}");
    if open && let Err(error) = opener::open_browser(&address) {
        eprintln!("no browser opened: {error}");
    }
    tokio::select! {
        done = server.run(report) => done,
        () = stopped => Ok(()),
    }
}

fn report(rebuild: Rebuild) {
    let cause = rebuild.cause.display();
    match rebuild.outcome {
        Ok(took) => println!("{cause}: rebuilt in {took:.1?}"),
        Err(error) => eprintln!(
            "error after {cause} changed: {}\nstill serving the last good build",
            explain(&error)
        ),
    }
}

/// An error and its causes, a line each, without the backtrace that anyhow's
/// own format adds where `RUST_BACKTRACE` is set.
fn explain(error: &anyhow::Error) -> String {
    let causes: Vec<_> = error.chain().map(ToString::to_string).collect();
    causes.join("\n  ")
}

/// Ctrl-C anywhere, SIGTERM too where it exists.
fn stop_signal() -> Result<impl Future<Output = ()>> {
    #[cfg(unix)]
    let mut terminate = {
        use tokio::signal::unix::{SignalKind, signal};
        signal(SignalKind::terminate())?
    };
    Ok(async move {
        #[cfg(unix)]
        tokio::select! {
            _ = ctrl_c() => {}
            _ = terminate.recv() => {}
        }
        #[cfg(not(unix))]
        ctrl_c().await.ok();
    })
}
