//! `cargo xtask measure`: what cleanup and tasks cost, in Rust and in Go, in one run, or how fast
//! the settlement is. Each writes one data file; everything that the pages show is drawn from it, so that no number is typed by hand.

mod charts;
mod compare;
mod data;
mod digits;
mod draw;
mod halves;
mod machine;
mod numbers;
mod plan;
mod settlement;
mod spread;
mod subject;
mod tables;

use std::fs;
use std::io::{IsTerminal, stderr};
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Result, ensure};
use clap::ValueEnum;

use data::Measured;
use halves::Halves;
use plan::Job;
pub use settlement::Kafka;
pub use subject::Subject;

use crate::environment;

/// What `cargo xtask measure` was told.
#[derive(Default)]
pub struct Options {
    pub subject: Subject,
    /// A look: fewer and shorter rounds.
    pub quick: bool,
    /// Measures nothing, and draws what the data file holds.
    pub draw: bool,
    /// Measures nothing, and says where the data file disagrees with this one.
    pub against: Option<PathBuf>,
    /// For the settlement: what it is measured with beside the disk.
    pub kafka: Option<Kafka>,
}

/// Measures, or draws, or compares.
///
/// # Errors
/// Where the halves cannot be built or a round fails: then every file stays as it was. Where the
/// data file is missing or is none. Where two data files disagree. Where the settlement would be
/// measured on a disk that is none.
pub fn run(root: &Path, options: &Options) -> Result<()> {
    let (folder, data) = options.subject.place();
    let data = root.join(folder).join(data);
    if let Some(other) = &options.against {
        return compare::compare(&Measured::read(&data)?, &Measured::read(other)?);
    }
    if !options.draw {
        measure(root, options)?.write(&data)?;
        println!("{}", data.display());
    }
    for (name, text) in options.subject.drawn(&Measured::read(&data)?)? {
        data::replace(&root.join(folder).join(&name), &text)?;
    }
    println!("what the pages show, in {folder}, is drawn from it");
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

/// Which of the files beside the pages in `root` are not what their data gives.
///
/// # Errors
/// If a data file cannot be read or drawn.
pub fn stale(root: &Path) -> Result<Vec<String>> {
    let mut stale = Vec::new();
    for subject in Subject::value_variants() {
        let (folder, data) = subject.place();
        let folder = root.join(folder);
        for (name, text) in subject.drawn(&Measured::read(&folder.join(data))?)? {
            if fs::read_to_string(folder.join(&name)).map_or(true, |old| old != text) {
                stale.push(name);
            }
        }
    }
    Ok(stale)
}

fn measure(root: &Path, options: &Options) -> Result<Measured> {
    let &Options { subject, quick, .. } = options;
    let kafka = options.kafka.as_ref();
    ensure!(
        cfg!(unix),
        "the Go half reads its CPU time by getrusage: this needs Linux or macOS"
    );
    ensure!(
        kafka.is_none() || subject == Subject::Settlement,
        "--kafka is for the settlement: cargo xtask measure settlement --kafka …"
    );
    let target = environment::target(root)?;
    if subject == Subject::Settlement {
        fs::create_dir_all(&target)?;
        settlement::on_disk(&target)?;
    }
    let features = if kafka.is_some() { "kafka" } else { "" };
    let halves = Halves::build(root, features, subject == Subject::Cost)?;
    let machine = machine::read()?;
    let (jobs, versions) = match subject {
        Subject::Cost => (
            plan::jobs(halves.go.is_some(), machine.cores),
            format!(
                "{} · {}",
                halves::versions(root, &["scopeguard", "tokio"])?,
                halves.go_version()
            ),
        ),
        Subject::Settlement => (
            settlement::jobs(quick, kafka.is_some(), machine.cores),
            settlement::versions(root, kafka)?,
        ),
    };
    let directory = tempfile::Builder::new()
        .prefix("measure-")
        .tempdir_in(&target)?;
    let mut measured = Measured::new(machine, versions, quick);
    measured.go_defers = halves.go_defers.clone();
    let (rounds, lasts) = subject.rounds(quick);
    let start = Instant::now();
    for round in 1..=rounds {
        for (done, job) in jobs.iter().enumerate() {
            progress(&format!(
                "round {round} of {rounds}, {done} of {} done, {} s: {}",
                jobs.len(),
                start.elapsed().as_secs(),
                job.key()
            ));
            add(
                &mut measured,
                job,
                halves.round(job, lasts, directory.path(), kafka)?,
            );
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
