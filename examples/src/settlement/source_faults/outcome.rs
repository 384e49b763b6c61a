//! What is left of the stream, and how it is shown: a row of a table.

use std::fmt;

/// What a listener, or a subscriber, has made of the stream.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// The gains that were applied, in this order.
    pub applied: Vec<i64>,
    /// How often apply was called.
    pub applies: u32,
    /// Records in the log.
    pub records: u64,
    /// Where the next start would read.
    pub position: u64,
    /// What it gave up, and whether anybody can find it.
    pub skipped: u32,
    pub letters: usize,
    pub sends: u32,
}

/// Stands above the rows.
pub const HEADER: &str = "applied            balance  applies  records  position";

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let gains: Vec<_> = self
            .applied
            .iter()
            .map(|gain| format!("{gain:+}"))
            .collect();
        write!(
            f,
            "{:18} {:7}",
            gains.join(" "),
            self.applied.iter().sum::<i64>()
        )?;
        write!(
            f,
            "  {:7}  {:7}  {:8}",
            self.applies, self.records, self.position
        )?;
        for (count, one, more) in [
            (self.sends as usize, "send", "sends"),
            (self.skipped as usize, "skipped", "skipped"),
            (self.letters, "dead letter", "dead letters"),
        ] {
            if count > 0 {
                write!(f, "  {count} {}", if count == 1 { one } else { more })?;
            }
        }
        Ok(())
    }
}
