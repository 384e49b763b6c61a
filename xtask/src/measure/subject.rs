//! What can be measured: how long, and where what is drawn of it stands.

use anyhow::Result;
use clap::ValueEnum;

use super::data::Measured;
use super::settlement;

/// What is measured.
#[derive(Clone, Copy, Default, PartialEq, ValueEnum)]
pub enum Subject {
    /// What cleanup and tasks cost, in Rust and in Go
    #[default]
    Cost,
    /// How fast the settlement is: it writes to the disk
    Settlement,
}

/// How many rounds, and how many milliseconds what counts lasts in each.
type Rounds = (usize, u32);

impl Subject {
    /// Beside the page: the data, and what is drawn from it.
    pub fn place(self) -> (&'static str, &'static str) {
        match self {
            Subject::Cost => ("src/practice/cost", "measured.json"),
            Subject::Settlement => ("src/architecture/consistency", "speed.json"),
        }
    }

    pub fn rounds(self, quick: bool) -> Rounds {
        match (self, quick) {
            (Subject::Cost, false) => (15, 100),
            (Subject::Cost, true) => (6, 20),
            // A disk is less even than a processor, and a percentile wants many.
            (Subject::Settlement, false) => (9, 2000),
            (Subject::Settlement, true) => (6, 200),
        }
    }

    pub fn drawn(self, measured: &Measured) -> Result<Vec<(String, String)>> {
        match self {
            Subject::Cost => super::drawn(measured),
            Subject::Settlement => Ok(settlement::drawn(measured)),
        }
    }
}
