//! Every number by its name, for the sentences of the pages to quote.

use super::charts::{ALL, Chart, TASKS, series_of};
use super::data::Measured;
use super::digits::{significant, unit};
use super::plan;
use super::spread::Spread;

/// Where a sentence quotes what was not measured.
pub const MISSING: &str = "(not measured)";

/// Each ratio of the charts, `tasks-stream-0`; what each benchmark costs, `go-stream-1-cpu`; what
/// Go's compiler made of a `defer`, `go-defers-deferred`; where which side costs less. A name is
/// there whether it was measured or not, so that no page quotes what is missing.
pub fn numbers(measured: &Measured) -> String {
    let mut text = String::new();
    let mut number = |name: &str, value: Option<String>| {
        let value = value.unwrap_or(MISSING.into());
        text += &format!("ANCHOR: {name}\n{value}\nANCHOR_END: {name}\n");
    };
    for Chart { name, rows, .. } in ALL {
        for row in rows {
            for series in 0..2 {
                let ratio = row.ratio(series, measured);
                let ratio = ratio.map(|ratio| significant(ratio.median));
                number(&format!("{name}-{}-{series}", row.id), ratio);
            }
        }
    }
    for key in plan::jobs(true, 2).iter().map(plan::Job::key) {
        let value = median(measured, &key, "cpu");
        number(&format!("{}-cpu", key.replace('/', "-")), value);
    }
    let parks = median(measured, "rust/ping-pong/all", "parks");
    number("rust-ping-pong-all-parks", parks);
    for function in ["deferred", "nineDefers", "loopDefer"] {
        let kind = measured.go_defers.get(function).cloned();
        number(&format!("go-defers-{function}"), kind);
    }
    number("go-costs-less", winners(measured, |ratio| ratio.high < 1.0));
    number(
        "rust-costs-less",
        winners(measured, |ratio| ratio.low > 1.0),
    );
    text
}

/// What a benchmark costs, in the unit that suits it.
pub fn median(measured: &Measured, key: &str, metric: &str) -> Option<String> {
    let series = series_of(measured, key, metric)?;
    Some(unit(series.spread.median, metric))
}

/// The rows of the chart of tasks whose ratio is on one side of 1 with its whole interval.
fn winners(measured: &Measured, wins: impl Fn(Spread) -> bool) -> Option<String> {
    let mut found = Vec::new();
    let mut compared = false;
    for row in TASKS.rows {
        let ratios = [0, 1].map(|series| row.ratio(series, measured).map(&wins));
        compared |= ratios != [None, None];
        match ratios {
            [Some(true), Some(true) | None] => found.push(row.label.to_owned()),
            [Some(true), _] => found.push(format!("{} ({})", row.label, TASKS.series[0])),
            [_, Some(true)] => found.push(format!("{} ({})", row.label, TASKS.series[1])),
            _ => {}
        }
    }
    if compared && found.is_empty() {
        found.push("nowhere".into());
    }
    compared.then(|| found.join("; "))
}
