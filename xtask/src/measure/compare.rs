//! Whether two runs agree within the intervals that they state.

use std::collections::BTreeMap;

use anyhow::{Result, ensure};

use super::charts::{self, Chart};
use super::data::Measured;
use super::digits::interval;
use super::settlement;
use super::spread::Spread;

/// Says where they disagree.
///
/// # Errors
/// If more than one in twenty intervals do not overlap.
pub fn compare(one: &Measured, other: &Measured) -> Result<()> {
    let (one, other) = (claims(one), claims(other));
    let both = one
        .iter()
        .filter_map(|(name, mine)| Some((name, mine, other.get(name)?)));
    let both: Vec<_> = both.collect();
    let mut agree = 0;
    for (name, mine, theirs) in &both {
        if mine.overlaps(**theirs) {
            agree += 1;
        } else {
            println!(
                "{name}: {} here, {} there",
                interval(**mine),
                interval(**theirs)
            );
        }
    }
    println!("{agree} of {} intervals overlap", both.len());
    ensure!(
        20 * agree >= 19 * both.len(),
        "one in twenty may miss: this is another machine, or was busier"
    );
    Ok(())
}

/// Every interval that a run states: of the ratios, of CPU time, of memory. Wall time counts what
/// else the machine does, and a round's parks are an observation.
fn claims(measured: &Measured) -> BTreeMap<String, Spread> {
    let mut claims = BTreeMap::new();
    for Chart {
        name, rows, series, ..
    } in &charts::ALL
    {
        for (row, which) in rows.iter().flat_map(|row| [(row, 0), (row, 1)]) {
            if let Some(ratio) = row.ratio(which, measured) {
                claims.insert(format!("{name}, {}, {}", row.label, series[which]), ratio);
            }
        }
    }
    claims.extend(settlement::claims(measured).map(|(row, ratio)| (row.to_owned(), ratio)));
    for (key, metrics) in &measured.benchmarks {
        for metric in ["cpu", "resident"] {
            if let Some(series) = metrics.get(metric) {
                claims.insert(format!("{key}, {metric}"), series.spread);
            }
        }
    }
    claims
}
