//! What the pages say of the data in words and numbers: tables, and every number by its name.

use super::charts::{ALL, Chart, Row, series_of};
use super::data::Measured;
use super::spread::Spread;

const MISSING: &str = "–";

/// A chart and the table under it: each ratio with its interval, then what is divided by what.
pub fn table(chart: &Chart, measured: &Measured) -> String {
    let Chart {
        name, alternative, ..
    } = chart;
    let mut text = format!(
        "<figure class=\"chart\" role=\"img\" aria-label=\"{alternative}\">\n\
         {{{{#include {name}.svg}}}}\n</figure>\n\n"
    );
    text += &format!(
        "| | {} |\n|---|{}\n",
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
    text + "\n" + &provenance(measured)
}

/// On what, with what and how often.
fn provenance(measured: &Measured) -> String {
    let machine = &measured.machine;
    let rounds = measured
        .benchmarks
        .values()
        .flat_map(|metrics| metrics.values());
    let rounds = rounds.map(|series| series.rounds.len()).max().unwrap_or(0);
    let quick = if measured.quick { "a quick look, " } else { "" };
    format!(
        "{}, {} cores, {} GiB, {}; {}; {quick}{rounds} rounds, {}. A cell is the median, and the \
         interval that holds it with 95 % confidence; times are CPU time.\n",
        machine.cpu, machine.cores, machine.memory, machine.os, measured.versions, measured.date
    )
}

/// What one half has alone, or what is no ratio: CPU time and wall time.
pub fn others(measured: &Measured) -> String {
    const ROWS: [(&str, &str); 20] = [
        ("`spawn` and join, all threads", "rust/spawn/all"),
        ("`go` and wait, all threads", "go/spawn/all"),
        ("the same in batches: Tokio", "rust/batch/all"),
        ("the same in batches: `JoinSet`", "rust/batch-set/all"),
        ("the same in batches: Go", "go/batch/all"),
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
        ("a gauge by a guard", "rust/gauge/1"),
        ("the same with a label", "rust/gauge-label/1"),
        ("`select!` of two ready arms", "rust/select/1"),
        ("the same, `biased`", "rust/select-biased/1"),
        ("drop of one `String` of 10,000", "rust/drop-strings/1"),
        ("unbuffered there and back: Go", "go/ping-pong-unbuffered/1"),
        ("the same, all threads", "go/ping-pong-unbuffered/all"),
    ];
    let mut text = String::from("| | CPU | wall |\n|---|--:|--:|\n");
    for (label, key) in ROWS {
        let [cpu, wall] = ["cpu", "wall"].map(|metric| median(measured, key, metric));
        text += &format!("| {label} | {cpu} | {wall} |\n");
    }
    for (key, reason) in &measured.not_measured {
        text += &format!("\nNot measured here, `{key}`: {reason}.\n");
    }
    text
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
    let metrics = ["cpu", "resident", "cpu"];
    let value = |key, metric| series_of(measured, key, metric).map(|series| series.spread.median);
    let divided = |above: Option<f64>, below: Option<f64>| Some(above? / below?);

    let mut ratios = String::from(
        "| In tasks on one thread | start and end | parked | round trip |\n|---|--:|--:|--:|\n",
    );
    let mut costs = String::from(
        "| Cost of one | start and end | parked | of it kept | reserved | round trip |\n\
         |---|--:|--:|--:|--:|--:|\n",
    );
    for (name, keys) in UNITS {
        let [start, park, trip] = keys;
        let [a, b, c] = [0, 1, 2].map(|i| {
            let ratio = divided(value(keys[i], metrics[i]), value(UNITS[0].1[i], metrics[i]));
            ratio.map_or(MISSING.into(), significant)
        });
        if name != UNITS[0].0 {
            ratios += &format!("| {name} | {a} | {b} | {c} |\n");
        }
        let kept = divided(value(park, "kept"), value(park, "resident"));
        let kept = kept.map_or(MISSING.into(), |part| significant(part * 100.0) + " %");
        let [start, trip] = [start, trip].map(|key| median(measured, key, "cpu"));
        let [parked, reserved] = ["resident", "reserved"].map(|m| median(measured, park, m));
        costs += &format!("| {name} | {start} | {parked} | {kept} | {reserved} | {trip} |\n");
    }
    format!(
        "{ratios}\nThe same in time and bytes:\n\n{costs}\n{}",
        provenance(measured)
    )
}

/// Every number by its name, for the pages to quote: each ratio, each median, the machine.
pub fn numbers(measured: &Measured) -> String {
    let mut text = String::new();
    let mut number = |name: &str, value: String| {
        text += &format!("<!-- ANCHOR: {name} -->\n{value}\n<!-- ANCHOR_END: {name} -->\n");
    };
    let rows = |chart: &'static Chart| chart.rows.iter().map(move |row| (chart, row));
    for (chart, row) in ALL.iter().flat_map(rows) {
        for series in 0..2 {
            if row.ratios[series].is_some() {
                let ratio = row.ratio(series, measured);
                let ratio = ratio.map_or("not measured".into(), |ratio| significant(ratio.median));
                number(&format!("{}-{}-{series}", chart.name, row.id), ratio);
            }
        }
    }
    for (key, metrics) in &measured.benchmarks {
        for (metric, series) in metrics {
            let name = format!("{}-{metric}", key.replace('/', "-"));
            number(&name, unit(series.spread.median, metric));
        }
    }
    for (function, kind) in &measured.go_defers {
        number(&format!("go-defers-{function}"), kind.clone());
    }
    for (name, side) in [("go-costs-less", 0), ("rust-costs-less", 1)] {
        number(name, winners(measured, side));
    }
    text
}

/// The rows of the chart of tasks in which one side costs less, whatever the interval allows.
fn winners(measured: &Measured, side: usize) -> String {
    let chart = ALL.last().expect("it is the chart of tasks");
    let wins = |row: &&Row, series: usize| {
        let ratio = row.ratio(series, measured);
        ratio.is_some_and(|ratio| {
            if side == 0 {
                ratio.high < 1.0
            } else {
                ratio.low > 1.0
            }
        })
    };
    let found = (0..2).flat_map(|series| {
        let rows = chart.rows.iter().filter(move |row| wins(row, series));
        rows.map(move |row| format!("{} ({})", row.label, chart.series[series]))
    });
    let found: Vec<String> = found.collect();
    if found.is_empty() {
        "nowhere".into()
    } else {
        found.join("; ")
    }
}

fn median(measured: &Measured, key: &str, metric: &str) -> String {
    let series = series_of(measured, key, metric);
    series.map_or(MISSING.into(), |series| unit(series.spread.median, metric))
}

/// A time or a size in the unit that suits it.
fn unit(value: f64, metric: &str) -> String {
    let units = match metric {
        "cpu" | "wall" => ["ns", "µs", "ms"],
        _ => ["B", "kB", "MB"],
    };
    let step = match value.abs() {
        giant if giant >= 999_500.0 => 2,
        big if big >= 999.5 => 1,
        _ => 0,
    };
    format!(
        "{} {}",
        significant(value / 1000_f64.powi(step)),
        units[step as usize]
    )
}

fn interval(spread: Spread) -> String {
    let [median, low, high] = [spread.median, spread.low, spread.high].map(significant);
    match low == high {
        true => median,
        false => format!("{median} ({low}–{high})"),
    }
}

/// Two digits, three where they begin with a 1: the rest is noise.
pub fn significant(value: f64) -> String {
    if value == 0.0 {
        return "0".into();
    }
    let digits = |value: f64| {
        let power = value.abs().log10().floor();
        let first = (value.abs() / 10_f64.powf(power)).floor();
        power as i32 - if first == 1.0 { 2 } else { 1 }
    };
    let last = digits(value);
    let rounded = (value / 10_f64.powi(last)).round() * 10_f64.powi(last);
    let decimals = (-last).max(0) as usize;
    format!("{rounded:.decimals$}")
}
