//! The tables of the pages, in Markdown.

use super::charts::{Chart, ratio, series_of};
use super::data::Measured;
use super::digits::{interval, significant};
use super::numbers;

/// In a cell of what was not measured.
const MISSING: &str = "–";

/// A chart and the table under it: each ratio with its interval, then what is divided by what.
pub fn table(chart: &Chart, measured: &Measured) -> String {
    let Chart {
        name, alternative, ..
    } = chart;
    let mut text = format!(
        "<figure class=\"chart\" role=\"img\" aria-label=\"{alternative}\">\n\
         {{{{#include {name}.svg}}}}\n</figure>\n\n\
         <details>\n<summary>The same in numbers</summary>\n\n"
    );
    text += &format!(
        "| {} |\n|---|{}\n",
        chart.columns.join(" | "),
        "--:|".repeat(6)
    );
    for row in chart.rows {
        text += &format!("| {} |", row.label);
        for series in 0..2 {
            let ratio = row.ratio(series, measured).map_or(MISSING.into(), interval);
            let absolute = |key| median(measured, key, row.metric);
            let [above, below] = match row.ratios[series] {
                Some((above, below)) => [absolute(above), absolute(below)],
                None => [MISSING.into(), MISSING.into()],
            };
            text += &format!(" {ratio} | {above} | {below} |");
        }
        text.push('\n');
    }
    text + "\n</details>\n"
}

/// What one half has alone, or no ratio tells: CPU time and wall time.
pub fn others(measured: &Measured) -> String {
    const ROWS: [(&str, &str); 25] = [
        ("spawn and join: one worker", "rust/spawn/worker"),
        ("spawn and join: all workers", "rust/spawn/all"),
        ("1,000 at once: one worker", "rust/batch/worker"),
        ("1,000 at once: all workers", "rust/batch/all"),
        ("the same, `JoinSet`: all workers", "rust/batch-set/all"),
        ("there and back: one worker", "rust/ping-pong/worker"),
        ("there and back: all workers", "rust/ping-pong/all"),
        ("stream, an item: one worker", "rust/stream/worker"),
        ("stream, an item: all workers", "rust/stream/all"),
        (
            "batch of futures in one task, no spawn",
            "rust/batch-futures/1",
        ),
        ("`spawn_blocking` and join", "rust/blocking/1"),
        ("`thread::spawn` and join", "rust/thread/1"),
        ("a task that yields once", "rust/state-none/1"),
        ("a task that yields once, with 8 KiB", "rust/state-8k/1"),
        ("a task that yields once, with 32 KiB", "rust/state-32k/1"),
        ("a closure in a box", "rust/dynamic/1"),
        ("`DeferStack` with one cleanup", "rust/stack/1"),
        ("`resume_unwind` out of a frame", "rust/resume-1/1"),
        ("a gauge by a guard", "rust/gauge/1"),
        ("the same with a label", "rust/gauge-label/1"),
        ("`select!` of two ready arms", "rust/select/1"),
        ("the same, `biased`", "rust/select-biased/1"),
        ("drop of one `String` of 10,000", "rust/drop-strings/1"),
        ("unbuffered there and back: Go", "go/ping-pong-unbuffered/1"),
        ("the same, all threads", "go/ping-pong-unbuffered/all"),
    ];
    let mut text = String::from(
        "<details>\n<summary>The rest, and wall time</summary>\n\n\
         | Work | CPU | wall |\n|---|--:|--:|\n",
    );
    for (label, key) in ROWS {
        let [cpu, wall] = ["cpu", "wall"].map(|metric| median(measured, key, metric));
        text += &format!("| {label} | {cpu} | {wall} |\n");
    }
    for (key, reason) in &measured.not_measured {
        text += &format!("\nNot measured here, `{key}`: {reason}.\n");
    }
    text + "\n</details>\n"
}

/// For the page on tasks: goroutine, task and thread side by side.
pub fn units(measured: &Measured) -> String {
    const UNITS: [(&str, [&str; 3]); 6] = [
        (
            "task, one thread",
            ["rust/batch/1", "rust/park-100k/1", "rust/ping-pong/1"],
        ),
        (
            "goroutine, one P",
            ["go/batch/1", "go/park-100k/1", "go/ping-pong/1"],
        ),
        (
            "task, all workers",
            ["rust/batch/all", "rust/park-100k/all", "rust/ping-pong/all"],
        ),
        (
            "goroutine, all Ps",
            ["go/batch/all", "go/park-100k/all", "go/ping-pong/all"],
        ),
        (
            "`spawn_blocking`",
            [
                "rust/blocking/1",
                "rust/blocking-park/1",
                "rust/blocking-ping-pong/1",
            ],
        ),
        (
            "`std::thread`",
            [
                "rust/thread/1",
                "rust/thread-park-10k/1",
                "rust/thread-ping-pong/1",
            ],
        ),
    ];
    let mut ratios = String::from(
        "| In tasks on one thread | start and end | parked | round trip |\n|---|--:|--:|--:|\n",
    );
    let mut costs = String::from(
        "| Cost of one | start and end | parked | of it kept | reserved | round trip |\n\
         |---|--:|--:|--:|--:|--:|\n",
    );
    for (name, keys) in UNITS {
        let [start, park, trip] = keys;
        let of_a_task = |i: usize, metric| {
            let ratio = ratio(measured, keys[i], UNITS[0].1[i], metric);
            ratio.map_or(MISSING.into(), |ratio| significant(ratio.median))
        };
        let [a, b, c] = [
            of_a_task(0, "cpu"),
            of_a_task(1, "resident"),
            of_a_task(2, "cpu"),
        ];
        if name != UNITS[0].0 {
            ratios += &format!("| {name} | {a} | {b} | {c} |\n");
        }
        let kept = ["kept", "resident"].map(|metric| series_of(measured, park, metric));
        let kept = match kept {
            [Some(kept), Some(all)] => {
                significant(100.0 * kept.spread.median / all.spread.median) + " %"
            }
            _ => MISSING.into(),
        };
        let [start, trip] = [start, trip].map(|key| median(measured, key, "cpu"));
        let [parked, reserved] = ["resident", "reserved"].map(|m| median(measured, park, m));
        costs += &format!("| {name} | {start} | {parked} | {kept} | {reserved} | {trip} |\n");
    }
    format!("{ratios}\nThe same in time and bytes:\n\n{costs}")
}

fn median(measured: &Measured, key: &str, metric: &str) -> String {
    numbers::median(measured, key, metric).unwrap_or(MISSING.into())
}
