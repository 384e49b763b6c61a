//! The settlement's speed: which benchmarks, and what its page shows of them.

use std::ffi::OsStr;
use std::path::Path;

use anyhow::{Result, ensure};
use sysinfo::Disks;

use super::charts::{ratio, series_of};
use super::data::Measured;
use super::digits::{interval, significant, thousands, unit};
use super::halves;
use super::numbers::MISSING;
use super::plan::{self, Job};
use super::spread::Spread;

/// A line of the table.
pub struct Row {
    /// In the names of the numbers that the page quotes.
    pub id: &'static str,
    label: &'static str,
    key: &'static str,
    metric: &'static str,
    /// What it is compared with, and its name.
    beside: Option<(&'static str, &'static str)>,
}

const FILE: (&str, &str) = ("rust/raw-file/all", "the file");
const SQLITE: (&str, &str) = ("rust/raw-sqlite/all", "SQLite alone");
const ONE: (&str, &str) = ("rust/log-one/all", "one `fsync` each");
const SMALL: (&str, &str) = ("rust/catch-up-1m/all", "1,000,000");
const QUIET: (&str, &str) = ("rust/latency/all", "100 a second");
const APPEND: (&str, &str) = ("rust/kafka-append-raw/all", "librdkafka alone");
const READ: (&str, &str) = ("rust/kafka-read-raw/all", "librdkafka alone");

const fn row(
    id: &'static str,
    label: &'static str,
    key: &'static str,
    metric: &'static str,
    beside: Option<(&'static str, &'static str)>,
) -> Row {
    Row {
        id,
        label,
        key,
        metric,
        beside,
    }
}

#[rustfmt::skip]
const ROWS: [Row; 18] = [
    row("raw-file", "a file and `fdatasync`, batches of 512", FILE.0, "wall", None),
    row("raw-sqlite", "SQLite alone, the same batches", SQLITE.0, "wall", Some(FILE)),
    row("log-batch", "the log, the same batches, two clients", "rust/log-batch/all", "wall", Some(SQLITE)),
    row("log-one", "the log, one `fsync` for each event", ONE.0, "wall", None),
    row("log-group", "the log, 1,024 clients share commits", "rust/log-group/all", "wall", Some(ONE)),
    row("flow", "commands, log and views together", "rust/flow/all", "wall", Some(SQLITE)),
    row("catch-up-1m", "catching up on 1,000,000 events", SMALL.0, "wall", None),
    row("catch-up-10m", "catching up on 10,000,000 events", "rust/catch-up-10m/all", "wall", Some(SMALL)),
    row("peak-1m", "its peak of memory, 1,000,000", SMALL.0, "peak", None),
    row("peak-10m", "its peak of memory, 10,000,000", "rust/catch-up-10m/all", "peak", Some(SMALL)),
    row("p50", "command to view, p50, 100 trades a second", QUIET.0, "p50", None),
    row("p99", "command to view, p99, 100 trades a second", QUIET.0, "p99", None),
    row("p50-busy", "command to view, p50, 1,000 trades a second", "rust/latency-busy/all", "p50", Some(QUIET)),
    row("p99-busy", "command to view, p99, 1,000 trades a second", "rust/latency-busy/all", "p99", Some(QUIET)),
    row("kafka-append-raw", "librdkafka alone appends to Kafka, the same batches", APPEND.0, "wall", None),
    row("kafka-append", "the log on Kafka, the same batches", "rust/kafka-append/all", "wall", Some(APPEND)),
    row("kafka-read-raw", "librdkafka alone reads", READ.0, "wall", None),
    row("kafka-read", "a member of the group reads", "rust/kafka-read/all", "wall", Some(READ)),
];

const NAMES: &str = "raw-file raw-sqlite log-batch log-one log-group flow latency latency-busy
    catch-up-1m";
/// Minutes of a round, and gigabytes.
const LONG: &str = "catch-up-10m";

/// They want a broker.
const ON_KAFKA: &str = "kafka-append-raw kafka-append kafka-read-raw kafka-read";

/// A broker to measure with.
#[derive(Clone, Debug)]
pub struct Kafka {
    /// `HOST:PORT`, as `KAFKA_BROKERS` has it.
    pub brokers: String,
    /// What it is: the numbers are its own as well.
    pub name: String,
}

/// In the order of a round.
pub fn jobs(quick: bool, kafka: bool, cores: usize) -> Vec<Job> {
    let long = (!quick).then_some(LONG);
    let on_kafka = if kafka { ON_KAFKA } else { "" };
    let names = NAMES.split_whitespace().chain(on_kafka.split_whitespace());
    let names = names.chain(long);
    names.map(|name| plan::whole(name, cores)).collect()
}

/// The crates whose versions matter, and the broker.
///
/// # Errors
/// If the lock file cannot be read.
pub fn versions(root: &Path, kafka: Option<&Kafka>) -> Result<String> {
    let crates = ["rdkafka", "rusqlite", "tokio"];
    let crates = halves::versions(root, &crates[usize::from(kafka.is_none())..])?;
    let broker = kafka.map(|kafka| format!(" · {}", kafka.name));
    Ok(crates + &broker.unwrap_or_default())
}

/// # Errors
/// If what is written to `folder` stays in memory: then no `fsync` waits for anything.
pub fn on_disk(folder: &Path) -> Result<()> {
    let folder = folder.canonicalize()?;
    let disks = Disks::new_with_refreshed_list()?;
    let around = disks
        .iter()
        .filter(|disk| folder.starts_with(disk.mount_point()));
    let nearest = around.max_by_key(|disk| disk.mount_point().as_os_str().len());
    let in_memory = nearest.is_some_and(|disk| {
        ["tmpfs", "ramfs"]
            .map(OsStr::new)
            .contains(&disk.file_system())
    });
    ensure!(
        !in_memory,
        "{} is in memory, where an `fsync` costs nothing: set CARGO_TARGET_DIR to a folder on a disk",
        folder.display()
    );
    Ok(())
}

impl Row {
    /// How often in a second, or the time or the size itself.
    fn value(&self, measured: &Measured) -> Option<String> {
        let median = series_of(measured, self.key, self.metric)?.spread.median;
        Some(match self.metric {
            "wall" => thousands(&significant(1e9 / median)) + "/s",
            _ => unit(median, self.metric),
        })
    }

    /// Throughput in that of the other one; time and size in those of the other one.
    pub fn ratio(&self, measured: &Measured) -> Option<Spread> {
        let (other, _) = self.beside?;
        let [above, below] = match self.metric {
            "wall" => [other, self.key],
            _ => [self.key, other],
        };
        ratio(measured, above, below, self.metric)
    }
}

/// Every ratio by the name of its row, to compare two runs.
pub fn claims(measured: &Measured) -> impl Iterator<Item = (&'static str, Spread)> {
    ROWS.iter()
        .filter_map(|row| Some((row.id, row.ratio(measured)?)))
}

/// What is drawn from the data: a name, and what it holds.
pub fn drawn(measured: &Measured) -> Vec<(String, String)> {
    let mut table = String::from("| Work | measured | times | of |\n|---|--:|--:|---|\n");
    let mut numbers = String::new();
    for row in &ROWS {
        let value = row.value(measured);
        let ratio = row.ratio(measured);
        let beside = row.beside.filter(|_| ratio.is_some()).map(|(_, name)| name);
        let cells = [
            value.clone(),
            ratio.map(interval),
            beside.map(str::to_owned),
        ];
        let cells = cells.map(|cell| cell.unwrap_or_else(|| "–".into()));
        table += &format!("| {} | {} |\n", row.label, cells.join(" | "));
        let times = ratio.map(|ratio| significant(ratio.median));
        let times = row.beside.map(|_| (format!("{}-times", row.id), times));
        for (name, value) in [(row.id.to_owned(), value)].into_iter().chain(times) {
            let value = value.unwrap_or_else(|| MISSING.into());
            numbers += &format!("ANCHOR: {name}\n{value}\nANCHOR_END: {name}\n");
        }
    }
    table += &format!("\n{}", measured.provenance());
    vec![("speed.md".into(), table), ("numbers.txt".into(), numbers)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_shows_what_is_measured() {
        let keys: Vec<String> = jobs(false, true, 2).iter().map(Job::key).collect();
        let beside = |row: &Row| row.beside.map(|(other, _)| other);
        for key in ROWS.iter().flat_map(|row| [Some(row.key), beside(row)]) {
            assert!(
                key.is_none_or(|key| keys.iter().any(|other| other == key)),
                "{key:?}"
            );
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn memory_is_no_disk() {
        let error = on_disk(Path::new("/dev/shm")).expect_err("it is in memory");
        assert!(error.to_string().contains("CARGO_TARGET_DIR"), "{error}");
    }
}
