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
    /// By key, then by metric: `cpu`, `wall`, `p50` and `p99` in nanoseconds; `resident`,
    /// `reserved`, `kept` and `peak` in bytes.
    pub benchmarks: BTreeMap<String, BTreeMap<String, Series>>,
}

/// One number, once a round.
#[derive(Serialize, Deserialize)]
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
            series.rounds.push(five_digits(value));
        }
    }

    pub fn summarise(&mut self) {
        let all = self.benchmarks.values_mut().flat_map(BTreeMap::values_mut);
        for series in all {
            series.spread = Spread::of(&series.rounds);
        }
    }

    /// On what it was measured, with what and how often; as the pages say it.
    pub fn provenance(&self) -> String {
        let machine = &self.machine;
        let rounds = self.benchmarks.values().flat_map(BTreeMap::values);
        let rounds = rounds.map(|series| series.rounds.len()).max().unwrap_or(0);
        let quick = if self.quick { "a quick look, " } else { "" };
        format!(
            "{}, {} cores, {} GiB, {}; {}; {quick}{rounds} rounds, {}\n",
            machine.cpu, machine.cores, machine.memory, machine.os, self.versions, self.date
        )
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

/// No clock here is better than that.
fn five_digits(value: f64) -> f64 {
    format!("{value:.4e}").parse().unwrap_or(value)
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
        // The error holds the new file, and would keep it.
        new.persist(file).map_err(|failed| failed.error)?;
        anyhow::Ok(())
    })();
    written.with_context(|| format!("cannot write {}", file.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Measured {
        let machine = Machine {
            cpu: "a CPU".into(),
            cores: 2,
            memory: 8,
            os: "an OS".into(),
        };
        let mut measured = Measured::new(machine, "rustc 1.95.0".into(), true);
        for cpu in [3.0, 1.0, 2.00001] {
            measured.add("rust/spawn/1", [("cpu".to_owned(), cpu)].into());
        }
        measured.summarise();
        measured
    }

    #[test]
    fn what_is_written_is_read() {
        let folder = tempfile::tempdir().expect("a temporary directory");
        let file = folder.path().join("measured.json");
        sample().write(&file).expect("it can be written");
        let read = Measured::read(&file).expect("it is whole");
        let series = &read.benchmarks["rust/spawn/1"]["cpu"];
        assert_eq!(series.rounds, [3.0, 1.0, 2.0]);
        assert_eq!(series.spread, Spread::of(&[1.0, 2.0, 3.0]));
        assert!(read.provenance().contains("a quick look, 3 rounds"));
        assert_eq!(fs::read_dir(&folder).expect("it is there").count(), 1);
    }

    /// Whoever is interrupted before the rename has touched another file.
    #[test]
    fn what_cannot_be_replaced_stays() {
        let folder = tempfile::tempdir().expect("a temporary directory");
        let file = folder.path().join("measured.json");
        fs::create_dir_all(file.join("in the way")).expect("it is ours");
        let error = sample().write(&file).expect_err("a folder is in the way");
        assert!(error.to_string().contains("measured.json"), "{error}");
        assert_eq!(fs::read_dir(&folder).expect("it is there").count(), 1);
    }

    #[test]
    fn what_is_no_data_is_named() {
        let folder = tempfile::tempdir().expect("a temporary directory");
        let file = folder.path().join("measured.json");
        let whole = sample().json().expect("it is JSON");
        for broken in [
            "",
            "{}",
            &whole[..whole.len() / 2],
            &whole.replace("3.0,", "\"3\","),
        ] {
            fs::write(&file, broken).expect("it is ours");
            let error = Measured::read(&file).err().expect("it is broken");
            assert!(error.to_string().contains("cargo xtask measure"), "{error}");
        }
        let empty = whole.replace("[3.0,1.0,2.0]", "[]");
        assert_ne!(empty, whole);
        fs::write(&file, empty).expect("it is ours");
        let error = Measured::read(&file).err().expect("it has no rounds");
        assert!(error.to_string().contains("rust/spawn/1"), "{error}");
    }
}
