//! The tables, as the page includes them: ratios first.

use std::process::Command;
use std::thread::available_parallelism;

use super::{Costs, ROUNDS};

/// Two tables and the line that says what they were measured on. `rows` begins with the tokio
/// task, to which the others are compared.
pub fn table(rows: &[(&str, Costs)], go: Option<&str>) -> String {
    let one = rows[0].1;
    let mut text = String::from(
        "| In tasks on one thread | start and end | parked | round trip |\n|---|---|---|---|\n",
    );
    for (name, costs) in &rows[1..] {
        let [start, parked, trip] =
            [0, 1, 4].map(|column| significant(costs[column] / one[column], ""));
        text += &format!("| {name} | {start} | {parked} | {trip} |\n");
    }
    text += "\nThe same in time and bytes:\n\n\
             | Cost of one | start and end | parked | of it kept | reserved | round trip |\n\
             |---|---|---|---|---|---|\n";
    for (name, costs) in rows {
        let [start, trip] = [costs[0], costs[4]].map(|nanoseconds| match nanoseconds {
            long if long >= 1e3 => significant(long / 1e3, " µs"),
            short => significant(short, " ns"),
        });
        let [parked, reserved] = [costs[1], costs[3]].map(|bytes| match bytes {
            mega if mega >= 1e6 => significant(mega / 1e6, " MB"),
            kilo if kilo >= 1e3 => significant(kilo / 1e3, " kB"),
            few => significant(few, " B"),
        });
        let kept = significant(100.0 * costs[2] / costs[1], " %");
        text += &format!("| {name} | {start} | {parked} | {kept} | {reserved} | {trip} |\n");
    }
    let cores = available_parallelism().map_or(0, usize::from);
    let versions = [
        said("uname", &["-sm"]),
        said("rustc", &["--version"]),
        tokio(),
        go.unwrap_or("no Go").into(),
        said("date", &["-u", "+%F"]),
    ];
    text + &format!(
        "\n{cores} cores, {}. Median of {ROUNDS} rounds.\n",
        versions.join(", ")
    )
}

/// Two significant digits: the rest is noise.
fn significant(value: f64, unit: &str) -> String {
    let tens = value.abs().max(1.0).log10().floor() as i32;
    let step = 10f64.powi(tens - 1);
    let rounded = (value / step).round() * step;
    let decimals = if rounded.abs() < 10.0 { 1 } else { 0 };
    format!("{rounded:.decimals$}{unit}")
}

/// What a command prints, or its name: a missing `uname` does not cost the measurement.
fn said(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output();
    output.map_or(format!("no {program}"), |output| {
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    })
}

/// The version of tokio that Cargo has locked.
fn tokio() -> String {
    let lock = include_str!("../../../Cargo.lock");
    let version = lock
        .split_once("name = \"tokio\"\nversion = \"")
        .and_then(|(_, rest)| rest.split_once('"'));
    version.map_or("tokio".into(), |(version, _)| format!("tokio {version}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_digits_are_kept() {
        let shown =
            [0.04, 1.04, 6.31, 9.96, 94.4, 215.0, 9812.0].map(|value| significant(value, ""));
        assert_eq!(shown, ["0.0", "1.0", "6.3", "10", "94", "220", "9800"]);
    }

    #[test]
    fn ratios_come_first_and_count_in_tasks() {
        let rows = [
            ("task", [200.0, 450.0, 9.0, 450.0, 250.0]),
            ("thread", [38e3, 9.9e3, 0.0, 2.6e6, 31e3]),
        ];
        let text = table(&rows, None);
        let (ratios, costs) = text.split_once("| Cost of one").expect("two tables");
        assert!(ratios.contains("| thread | 190 | 22 | 120 |"), "{ratios}");
        let thread = "| thread | 38 µs | 9.9 kB | 0.0 % | 2.6 MB | 31 µs |";
        assert!(costs.contains(thread), "{costs}");
        assert!(costs.contains("no Go"), "{costs}");
    }
}
