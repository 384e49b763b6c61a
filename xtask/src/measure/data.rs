//! The data file: every round of every benchmark, and what it was measured with.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tempfile::NamedTempFile;

use super::machine::Machine;
use super::spread::Spread;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Measured {
    pub date: String,
    /// Fewer and shorter rounds.
    pub quick: bool,
    pub machine: Machine,
    pub versions: String,
    /// By function of the Go half.
    pub go_defers: BTreeMap<String, String>,
    /// By key: why this machine could not run it.
    pub not_measured: BTreeMap<String, String>,
    /// By key, then by metric: `cpu` and `wall` in nanoseconds; `resident`, `reserved` and `kept`
    /// in bytes.
    pub benchmarks: BTreeMap<String, BTreeMap<String, Series>>,
}

/// One number, once a round.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Series {
    #[serde(flatten)]
    pub spread: Spread,
    pub rounds: Vec<f64>,
}

impl Measured {
    pub fn new(machine: Machine, versions: String, quick: bool) -> Self {
        Self {
            date: Timestamp::now().strftime("%F").to_string(),
            quick,
            machine,
            versions,
            go_defers: BTreeMap::new(),
            not_measured: BTreeMap::new(),
            benchmarks: BTreeMap::new(),
        }
    }

    /// Adds a round.
    pub fn add(&mut self, key: &str, sample: BTreeMap<String, f64>) {
        let metrics = self.benchmarks.entry(key.to_owned()).or_default();
        for (metric, value) in sample {
            let series = metrics.entry(metric).or_insert_with(|| Series {
                spread: Spread::of(&[value]),
                rounds: Vec::new(),
            });
            series.rounds.push((value * 1000.0).round() / 1000.0);
        }
    }

    pub fn summarise(&mut self) {
        for series in self
            .benchmarks
            .values_mut()
            .flat_map(|metrics| metrics.values_mut())
        {
            series.spread = Spread::of(&series.rounds);
        }
    }

    /// # Errors
    /// If there is no such file, or it is not what [`Measured::write`] writes.
    pub fn read(file: &Path) -> Result<Self> {
        let what = || format!("{}: run `cargo xtask measure`", file.display());
        let text = fs::read_to_string(file).with_context(what)?;
        let measured: Self = serde_json::from_str(&text).with_context(what)?;
        for (key, metrics) in &measured.benchmarks {
            let whole = metrics.values().all(|series| !series.rounds.is_empty());
            ensure!(whole, "{key} has no rounds\n  {}", what());
        }
        Ok(measured)
    }

    /// Replaces the file as a whole.
    ///
    /// # Errors
    /// If it cannot be written; then the old one is as it was.
    pub fn write(&self, file: &Path) -> Result<()> {
        replace(file, &self.json()?)
    }

    /// A line for each benchmark, so that a diff can be read.
    fn json(&self) -> Result<String> {
        let whole = serde_json::to_value(self)?;
        let mut lines = Vec::new();
        for (key, value) in whole.as_object().context("a struct is an object")? {
            match (key.as_str(), value.as_object()) {
                ("benchmarks", Some(benchmarks)) => {
                    let benchmarks = benchmarks.iter();
                    let benchmarks = benchmarks.map(|(key, value)| format!("    {key:?}: {value}"));
                    let benchmarks: Vec<String> = benchmarks.collect();
                    lines.push(format!("  {key:?}: {{\n{}\n  }}", benchmarks.join(",\n")));
                }
                _ => lines.push(format!("  {key:?}: {value}")),
            }
        }
        Ok(format!("{{\n{}\n}}\n", lines.join(",\n")))
    }
}

/// Writes a file beside `file`, then renames it: whoever is interrupted leaves the old one.
///
/// # Errors
/// If the folder cannot be written to.
pub fn replace(file: &Path, text: &str) -> Result<()> {
    let folder = file.parent().context("a file has a folder")?;
    let written = (|| {
        let mut new = NamedTempFile::new_in(folder)?;
        new.write_all(text.as_bytes())?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            new.as_file()
                .set_permissions(fs::Permissions::from_mode(0o644))?;
        }
        new.persist(file)?;
        anyhow::Ok(())
    })();
    written.with_context(|| format!("cannot write {}", file.display()))
}
