//! What is seen while it runs: counters, the same for the terminal and for Prometheus.

use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use super::log::Positions;
use crate::in_flight::Gauge;

/// What happened since the program began. Counters only rise.
#[derive(Default)]
pub struct Metrics {
    /// Trades that were submitted.
    pub trades: Counter,
    /// Records that the log has acknowledged.
    pub published: Counter,
    /// Events that changed a balance.
    pub applied: Counter,
    /// Records that came again at the same offset.
    pub redelivered: Counter,
    /// Events that came again at another offset.
    pub copies: Counter,
    /// Attempts after the first one, of any kind.
    pub retries: Counter,
    /// Dead letters.
    pub dead: Counter,
    /// Commits of a position that the log did not take.
    pub failed_commits: Counter,
    /// Changes of an assignment.
    pub rebalances: Counter,
    /// Reconciliations that found the books balanced.
    pub reconciled: Counter,
    /// Partitions that this program's subscribers read now.
    pub owned: Gauge,
}

#[derive(Debug, Default)]
pub struct Counter(AtomicU64);

impl Counter {
    pub fn add(&self, count: u64) {
        self.0.fetch_add(count, Relaxed);
    }

    #[must_use]
    pub fn get(&self) -> u64 {
        self.0.load(Relaxed)
    }
}

/// How many records each partition still has to apply.
#[must_use]
pub fn lag(ends: &Positions, positions: &Positions) -> Positions {
    let behind = |(&partition, &end): (&u32, &u64)| {
        let position = positions.get(&partition).copied().unwrap_or(0);
        (partition, end.saturating_sub(position))
    };
    ends.iter().map(behind).collect()
}

impl Metrics {
    /// Each counter with its name and what it says.
    #[must_use]
    pub fn counters(&self) -> [(&'static str, &'static str, u64); 10] {
        [
            ("trades", "Trades submitted", self.trades.get()),
            (
                "published",
                "Records acknowledged by the log",
                self.published.get(),
            ),
            ("applied", "Events applied", self.applied.get()),
            (
                "redelivered",
                "Records delivered again",
                self.redelivered.get(),
            ),
            ("copies", "Events that the log has twice", self.copies.get()),
            ("retries", "Attempts after the first", self.retries.get()),
            ("dead_letters", "Records given up", self.dead.get()),
            (
                "failed_commits",
                "Positions the log did not take",
                self.failed_commits.get(),
            ),
            (
                "rebalances",
                "Changes of an assignment",
                self.rebalances.get(),
            ),
            (
                "reconciled",
                "Times that the books balanced",
                self.reconciled.get(),
            ),
        ]
    }

    /// All of it in Prometheus' text format.
    #[must_use]
    pub fn prometheus(&self, lag: &Positions) -> String {
        let mut text = String::new();
        let mut line = |line: std::fmt::Arguments| {
            text.write_fmt(line).expect("a string takes all");
        };
        for (name, help, value) in self.counters() {
            line(format_args!("# HELP settlement_{name}_total {help}.\n"));
            line(format_args!("# TYPE settlement_{name}_total counter\n"));
            line(format_args!("settlement_{name}_total {value}\n"));
        }
        line(format_args!(
            "# HELP settlement_owned Partitions read by this program.\n"
        ));
        line(format_args!("# TYPE settlement_owned gauge\n"));
        line(format_args!("settlement_owned {}\n", self.owned.read()));
        line(format_args!(
            "# HELP settlement_lag Records not yet applied.\n"
        ));
        line(format_args!("# TYPE settlement_lag gauge\n"));
        for (partition, lag) in lag {
            line(format_args!(
                "settlement_lag{{partition=\"{partition}\"}} {lag}\n"
            ));
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_has_every_counter_and_the_lag_of_every_partition() {
        let metrics = Metrics::default();
        metrics.applied.add(3);
        let _owned = metrics.owned.enter();
        let lag = lag(&[(0, 7), (1, 9)].into(), &[(0, 7)].into());
        let text = metrics.prometheus(&lag);
        assert!(text.contains("\nsettlement_applied_total 3\n"));
        assert!(text.contains("\nsettlement_owned 1\n"));
        assert!(text.contains("\nsettlement_lag{partition=\"0\"} 0\n"));
        assert!(text.ends_with("settlement_lag{partition=\"1\"} 9\n"));
    }
}
