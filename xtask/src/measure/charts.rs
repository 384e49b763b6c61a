//! What the charts and the tables under them show: ratios of two benchmarks, row by row.

use super::data::{Measured, Series};
use super::spread::Spread;

pub struct Chart {
    /// Of its files.
    pub name: &'static str,
    /// Two ratios in every row.
    pub series: [&'static str; 2],
    /// At the head of the table: what the rows are; each ratio, and what is divided by what.
    pub columns: [&'static str; 7],
    /// What a ratio below 1 means, and one above.
    pub sides: [&'static str; 2],
    /// What is drawn, for those who cannot see it.
    pub alternative: &'static str,
    /// The axis has a line at each power of it.
    pub base: f64,
    pub rows: &'static [Row],
}

/// The keys of what is divided by what.
type Ratio = Option<(&'static str, &'static str)>;

pub struct Row {
    /// In the names of the numbers that the pages quote.
    pub id: &'static str,
    pub label: &'static str,
    pub metric: &'static str,
    /// For each series.
    pub ratios: [Ratio; 2],
}

impl Row {
    /// The spread of the ratio in each round, if both were measured.
    pub fn ratio(&self, series: usize, measured: &Measured) -> Option<Spread> {
        let (above, below) = self.ratios[series]?;
        ratio(measured, above, below, self.metric)
    }
}

/// The spread of one benchmark in another, round by round.
pub fn ratio(measured: &Measured, above: &str, below: &str, metric: &str) -> Option<Spread> {
    let rounds = |key| Some(&series_of(measured, key, metric)?.rounds);
    let pairs = rounds(above)?.iter().zip(rounds(below)?);
    let ratios: Vec<f64> = pairs.map(|(above, below)| above / below).collect();
    Some(Spread::of(&ratios))
}

/// What the data file has of a benchmark.
pub fn series_of<'a>(measured: &'a Measured, key: &str, metric: &str) -> Option<&'a Series> {
    measured.benchmarks.get(key)?.get(metric)
}

const fn cpu(id: &'static str, label: &'static str, first: Ratio, second: Ratio) -> Row {
    let (metric, ratios) = ("cpu", [first, second]);
    Row {
        id,
        label,
        metric,
        ratios,
    }
}

const fn bytes(id: &'static str, label: &'static str, first: Ratio, second: Ratio) -> Row {
    let (metric, ratios) = ("resident", [first, second]);
    Row {
        id,
        label,
        metric,
        ratios,
    }
}

pub const ALL: [Chart; 3] = [CLEANUP, FAILURES, TASKS];

const CLEANUP: Chart = Chart {
    name: "cleanup",
    series: ["Go", "Rust"],
    columns: [
        "Cleanup", "Go", "`defer`", "direct", "Rust", "guard", "direct",
    ],
    sides: ["", "times a direct call"],
    alternative: "What a deferred call in Go and a guard in Rust cost, in direct calls. The table \
                  under it has the numbers.",
    base: 2.0,
    rows: &CLEANUP_ROWS,
};

#[rustfmt::skip]
const CLEANUP_ROWS: [Row; 13] = [
    cpu("none", "the same work, no call", Some(("go/none/1", "go/direct/1")), Some(("rust/none/1", "rust/direct/1"))),
    cpu("one", "one cleanup", Some(("go/defer/1", "go/direct/1")), Some(("rust/guard/1", "rust/direct/1"))),
    cpu("scopeguard", "one, by scopeguard", None, Some(("rust/scopeguard/1", "rust/direct/1"))),
    cpu("unwind", "the body may panic", None, Some(("rust/unwind-guard/1", "rust/unwind-direct/1"))),
    cpu("early", "an early return before it", Some(("go/early-defer/1", "go/early-direct/1")), Some(("rust/early-guard/1", "rust/early-direct/1"))),
    cpu("lock", "unlock a mutex", Some(("go/lock-defer/1", "go/lock-direct/1")), Some(("rust/lock-guard/1", "rust/lock-direct/1"))),
    cpu("file", "open and close a file", Some(("go/file-defer/1", "go/file-direct/1")), Some(("rust/file-guard/1", "rust/file-direct/1"))),
    cpu("buffer", "the source's function", Some(("go/buffer-defer/1", "go/buffer-direct/1")), Some(("rust/buffer-guard/1", "rust/buffer-direct/1"))),
    cpu("nine", "nine in a function", Some(("go/nine-defers/1", "go/nine-direct/1")), Some(("rust/nine-guards/1", "rust/nine-direct/1"))),
    cpu("turn", "in a loop, each turn", Some(("go/loop-closure/1", "go/loop-direct/1")), Some(("rust/loop-guard/1", "rust/loop-direct/1"))),
    cpu("loop", "in a loop, all at the end", Some(("go/loop-defer/1", "go/loop-direct/1")), Some(("rust/loop-stack/1", "rust/loop-direct/1"))),
    cpu("loop-captured", "the same, with an argument", Some(("go/loop-defer-captured/1", "go/loop-direct/1")), Some(("rust/loop-stack-captured/1", "rust/loop-direct/1"))),
    cpu("catch", "recover, catch_unwind: armed", Some(("go/catch/1", "go/direct/1")), Some(("rust/catch/1", "rust/catch-none/1"))),
];

const FAILURES: Chart = Chart {
    name: "failures",
    series: ["Go", "Rust"],
    columns: ["Failure", "Go", "panic", "error", "Rust", "panic", "`Err`"],
    sides: ["", "times an error"],
    alternative: "What a panic costs in Go and in Rust, in errors that are returned through as \
                  many frames. The table under it has the numbers.",
    base: 10.0,
    rows: &FAILURE_ROWS,
};

#[rustfmt::skip]
const FAILURE_ROWS: [Row; 3] = [
    cpu("1", "out of 1 frame", Some(("go/panic-1/1", "go/err-1/1")), Some(("rust/panic-1/1", "rust/err-1/1"))),
    cpu("8", "out of 8 frames", Some(("go/panic-8/1", "go/err-8/1")), Some(("rust/panic-8/1", "rust/err-8/1"))),
    cpu("32", "out of 32 frames", Some(("go/panic-32/1", "go/err-32/1")), Some(("rust/panic-32/1", "rust/err-32/1"))),
];

/// Its ratios are Go in Rust; the pages say who costs less.
pub const TASKS: Chart = Chart {
    name: "tasks",
    series: ["one thread", "all threads"],
    columns: [
        "Work",
        "one thread",
        "Go",
        "Rust",
        "all threads",
        "Go",
        "Rust",
    ],
    sides: ["Go costs less", "Rust costs less"],
    alternative: "What goroutines cost, in Tokio tasks, with one thread and with all. The table \
                  under it has the numbers.",
    base: 2.0,
    rows: &TASK_ROWS,
};

#[rustfmt::skip]
const TASK_ROWS: [Row; 15] = [
    cpu("spawn", "spawn and join, one by one", Some(("go/spawn/1", "rust/spawn/1")), Some(("go/spawn/all", "rust/spawn/all"))),
    cpu("batch", "spawn and join, 1,000 at once", Some(("go/batch/1", "rust/batch/1")), Some(("go/batch/all", "rust/batch/all"))),
    cpu("ping-pong", "a message there and back", Some(("go/ping-pong/1", "rust/ping-pong/1")), Some(("go/ping-pong/all", "rust/ping-pong/all"))),
    cpu("reply", "a request with a reply channel", Some(("go/reply/1", "rust/reply/1")), Some(("go/reply/all", "rust/reply/all"))),
    cpu("stream", "a stream one way, an item", Some(("go/stream/1", "rust/stream/1")), Some(("go/stream/all", "rust/stream/all"))),
    cpu("cancel", "cancel one of 10,000", Some(("go/cancel/1", "rust/cancel/1")), Some(("go/cancel/all", "rust/cancel/all"))),
    cpu("cancel-child", "cancel a child of 10,000", Some(("go/cancel-child/1", "rust/cancel-child/1")), Some(("go/cancel-child/all", "rust/cancel-child/all"))),
    cpu("state-8k", "spawn with 8 KiB of state", Some(("go/state-8k/1", "rust/state-8k/1")), None),
    cpu("state-32k", "spawn with 32 KiB of state", Some(("go/state-32k/1", "rust/state-32k/1")), None),
    cpu("thread", "start and end a thread", Some(("go/thread/1", "rust/thread/1")), None),
    cpu("thread-ping-pong", "there and back by threads", Some(("go/thread-ping-pong/1", "rust/thread-ping-pong/1")), None),
    bytes("park-10k", "memory, 10,000 parked", Some(("go/park-10k/1", "rust/park-10k/1")), None),
    bytes("park-100k", "memory, 100,000 parked", Some(("go/park-100k/1", "rust/park-100k/1")), Some(("go/park-100k/all", "rust/park-100k/all"))),
    bytes("park-1m", "memory, 1,000,000 parked", Some(("go/park-1m/1", "rust/park-1m/1")), None),
    bytes("park-state", "memory, parked with 8 KiB", Some(("go/park-10k-state/1", "rust/park-10k-state/1")), None),
];

#[cfg(test)]
mod tests {
    use super::super::plan;
    use super::*;

    #[test]
    fn every_row_shows_what_is_measured() {
        let keys: Vec<String> = plan::jobs(true, 2).iter().map(plan::Job::key).collect();
        for row in ALL.iter().flat_map(|chart| chart.rows) {
            for key in row.ratios.iter().flatten().flat_map(|(a, b)| [a, b]) {
                assert!(keys.iter().any(|measured| measured == key), "{key}");
            }
        }
    }
}
