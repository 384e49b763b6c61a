//! `cargo xtask check`: everything that has to hold before a change lands.

use std::fs;
use std::hint::spin_loop;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Instant;

use anyhow::{Context, Result, bail, ensure};

use crate::census::{Census, RUNNERS};
use crate::environment;
use crate::site;

/// What `cargo xtask check` was told.
pub struct Options {
    /// A tool that this machine lacks is an error.
    pub no_skips: bool,
    /// How often every program is run.
    pub repeat: u32,
    /// Writes what the pages should show into them, instead of complaining.
    pub bless: bool,
}

const CLIPPY: [&str; 6] = [
    "clippy",
    "--workspace",
    "--all-targets",
    "--quiet",
    "--",
    "-Dwarnings",
];

/// The census on its page.
const CENSUS: &str = "src/appendix/census.md";

/// Checks the repository at `root`.
///
/// # Errors
/// At the first step that fails; what failed is on the terminal.
pub fn run(root: &Path, options: &Options) -> Result<()> {
    // Where the tests keep what they made.
    let scratch = environment::target(root)?.join("tmp");
    step("formatting", || {
        cargo(root, &["fmt", "--all", "--check"], &[])
    })?;
    step("lints", || cargo(root, &CLIPPY, &[]))?;
    if options.bless {
        step("what the pages show, written anew", || {
            cargo(root, &["test", "--no-fail-fast"], &[("BLESS", "1")])
        })?;
    }
    for stale in ["census", "fixtures-passed"] {
        fs::remove_dir_all(scratch.join(stale)).ok();
    }
    step("every block of every page, and the companion crate", || {
        let skips = options.no_skips.then_some(("BOOK_NO_SKIPS", "1"));
        let skips: Vec<_> = skips.into_iter().collect();
        cargo(root, &["test", "--no-fail-fast"], &skips)
    })?;
    step("the tests of cargo xtask", || {
        cargo(root, &["test", "-p", "xtask"], &[])
    })?;
    let repeat = options.repeat.to_string();
    let name = format!("every program {repeat} times, on a machine kept busy");
    step(&name, || {
        let runners = RUNNERS.iter().flat_map(|check| ["--test", check]);
        let test = ["test", "--no-fail-fast"].into_iter().chain(runners);
        let test: Vec<&str> = test.collect();
        busy(|| cargo(root, &test, &[("BOOK_REPEAT", &repeat)]))
    })?;
    step("the site", || site::write(root, &root.join("book")))?;
    step("the census", || census(root, &scratch, options))
}

fn step(name: &str, run: impl FnOnce() -> Result<()>) -> Result<()> {
    println!("== {name}");
    let start = Instant::now();
    run().with_context(|| format!("{name}: failed"))?;
    println!("== {name}: {:.0?}\n", start.elapsed());
    Ok(())
}

/// Runs cargo with these variables of the checks, and with none that happen to be set.
fn cargo(root: &Path, args: &[&str], variables: &[(&str, &str)]) -> Result<()> {
    let mut cargo = Command::new(env!("CARGO"));
    for name in [
        "BLESS",
        "BOOK",
        "BOOK_REPEAT",
        "BOOK_DEADLINE",
        "BOOK_NO_SKIPS",
    ] {
        cargo.env_remove(name);
    }
    cargo
        .current_dir(root)
        .args(args)
        // Many programs panic on purpose, and a backtrace takes seconds on a busy machine.
        .env("RUST_BACKTRACE", "0")
        .envs(variables.iter().copied());
    let status = cargo.status().context("cargo cannot be run")?;
    ensure!(status.success(), "cargo {}: {status}", args.join(" "));
    Ok(())
}

/// Runs something while a thread for each core does nothing but spin.
fn busy<T>(run: impl FnOnce() -> T) -> T {
    let done = AtomicBool::new(false);
    let spinners = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        for _ in 0..spinners {
            scope.spawn(|| {
                while !done.load(Ordering::Relaxed) {
                    spin_loop();
                }
            });
        }
        let result = run();
        done.store(true, Ordering::Relaxed);
        result
    })
}

/// Compares the census on its page with the notes of the checks that just ran.
fn census(root: &Path, scratch: &Path, options: &Options) -> Result<()> {
    let census = Census::read(&scratch.join("census"))?;
    let unverified = census.unverified();
    let excused = !options.no_skips && census.inexcusable().is_empty();
    ensure!(
        unverified.is_empty() || excused,
        "no check verified these blocks:\n{}",
        unverified.join("\n")
    );
    if !unverified.is_empty() {
        println!(
            "{} blocks want tools that this machine lacks: the census stays as it is",
            unverified.len()
        );
        return Ok(());
    }
    let defects =
        fs::read_to_string(scratch.join("fixtures-passed/defects")).context("fixtures")?;
    let table = census.table(&environment::line(root)?, defects.trim().parse()?);
    let page = root.join(CENSUS);
    if fs::read_to_string(&page).is_ok_and(|old| old == table) {
        return Ok(());
    }
    if !options.bless {
        bail!(
            "{CENSUS} is stale: run `cargo xtask check --no-skips --bless`, and commit what it writes"
        );
    }
    fs::write(&page, table).with_context(|| page.display().to_string())
}
