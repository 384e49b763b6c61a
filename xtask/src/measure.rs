//! `cargo xtask measure`: what cleanup and tasks cost, in Rust and in Go, in one run. It writes one
//! data file; everything that the pages show is drawn from it, so that no number is typed by hand.

mod charts;
mod compare;
mod data;
mod digits;
mod draw;
mod halves;
mod machine;
mod numbers;
mod plan;
mod spread;
mod tables;

use std::fs;
use std::io::{IsTerminal, stderr};
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Result, ensure};

use data::Measured;
use halves::Halves;
use plan::Job;

/// What `cargo xtask measure` was told.
#[derive(Default)]
pub struct Options {
    /// A look: fewer and shorter rounds.
    pub quick: bool,
    /// Measures nothing, and draws what the data file holds.
    pub draw: bool,
    /// Measures nothing, and says where the data file disagrees with this one.
    pub against: Option<PathBuf>,
}

/// Beside the page: the data, and what is drawn from it.
const FOLDER: &str = "src/practice/cost";
const DATA: &str = "measured.json";
/// Rounds, and how many milliseconds the operations that count last in each.
const FULL: (usize, u32) = (15, 100);
const QUICK: (usize, u32) = (6, 20);

/// Measures, or draws, or compares.
///
/// # Errors
/// Where the halves cannot be built or a round fails: then every file stays as it was. Where the
/// data file is missing or is none. Where two data files disagree.
pub fn run(root: &Path, options: &Options) -> Result<()> {
    let folder = root.join(FOLDER);
    let data = folder.join(DATA);
    if let Some(other) = &options.against {
        return compare::compare(&Measured::read(&data)?, &Measured::read(other)?);
    }
    if !options.draw {
        measure(root, options.quick)?.write(&data)?;
        println!("{}", data.display());
    }
    for (name, text) in drawn(&Measured::read(&data)?)? {
        data::replace(&folder.join(&name), &text)?;
    }
    println!("the tables and charts in {FOLDER} are drawn from it");
    Ok(())
}

/// Every file that is drawn from the data: its name, and what it holds.
///
/// # Errors
/// If the drawing library refuses.
fn drawn(measured: &Measured) -> Result<Vec<(String, String)>> {
    let mut files = Vec::new();
    for chart in &charts::ALL {
        files.push((format!("{}.svg", chart.name), draw::svg(chart, measured)?));
        files.push((format!("{}.md", chart.name), tables::table(chart, measured)));
    }
    files.push(("others.md".into(), tables::others(measured)));
    files.push(("units.md".into(), tables::units(measured)));
    files.push(("machine.md".into(), measured.provenance()));
    files.push(("numbers.txt".into(), numbers::numbers(measured)));
    Ok(files)
}

/// Which of the files beside the page in `root` are not what its data gives.
///
/// # Errors
/// If the data file cannot be read or drawn.
pub fn stale(root: &Path) -> Result<Vec<String>> {
    let folder = root.join(FOLDER);
    let mut files = drawn(&Measured::read(&folder.join(DATA))?)?;
    files.retain(|(name, text)| {
        fs::read_to_string(folder.join(name)).map_or(true, |old| old != *text)
    });
    Ok(files.into_iter().map(|(name, _)| name).collect())
}

fn measure(root: &Path, quick: bool) -> Result<Measured> {
    ensure!(
        cfg!(unix),
        "the Go half reads its CPU time by getrusage: this needs Linux or macOS"
    );
    let halves = Halves::build(root)?;
    let mut measured = Measured::new(machine::read()?, halves.versions(root)?, quick);
    measured.go_defers = halves.go_defers.clone();
    let jobs = plan::jobs(halves.go.is_some(), measured.machine.cores);
    let (rounds, lasts) = if quick { QUICK } else { FULL };
    let start = Instant::now();
    for round in 1..=rounds {
        for (done, job) in jobs.iter().enumerate() {
            progress(&format!(
                "round {round} of {rounds}, {done} of {} done, {} s: {}",
                jobs.len(),
                start.elapsed().as_secs(),
                job.key()
            ));
            add(&mut measured, job, halves.round(job, lasts)?);
        }
        progress("");
        let took = start.elapsed().as_secs();
        eprintln!("round {round} of {rounds} done after {took} s");
    }
    measured.summarise();
    Ok(measured)
}

/// On a terminal, in the place of the last.
fn progress(line: &str) {
    if stderr().is_terminal() {
        eprint!("\r\x1b[K{line}");
    }
}

fn add(measured: &mut Measured, job: &Job, found: halves::Found) {
    match found {
        Ok(sample) => measured.add(&job.key(), sample),
        Err(reason) => {
            measured.not_measured.insert(job.key(), reason);
        }
    }
}
