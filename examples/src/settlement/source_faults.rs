//! The eight faults of the source's listener, each on the embedded log, and the same stream through
//! the subscriber of this program. Everything is deterministic. Run it:
//!
//! ```text
//! cargo run -q -p companion --bin source_faults
//! cargo run -q -p companion --bin source_faults -- 3
//! ```

mod listener;
mod remedy;

use std::fmt::{self, Write};
use std::path::Path;

use super::data::{Data, Stores, Wanted};
use super::event::{Event, Kind, VERSION};
use super::log::embedded::EmbeddedLog;
use super::log::{EventLog, NewRecord};
use super::views::{Rule, at_most};
use listener::{GROUP, Listener, Service};

/// Why a scene could not be shown.
pub type Error = super::faults::Failure;

/// What goes wrong.
#[derive(Clone, Copy, Debug, Default)]
struct Troubles {
    /// The event number whose apply fails, and how often.
    apply: (u64, u32),
    /// How many commits fail.
    commits: u32,
    /// How many re-sends fail.
    sends: u32,
    /// The process dies after it has applied this event number.
    dies_after: u64,
    /// The process stops after so many deliveries.
    stops_after: Option<u32>,
    /// It commits the offset that follows, as it should.
    plus_one: bool,
    /// A record that is no event follows the first event.
    noise: bool,
}

/// A fault of the source's listener.
pub struct Fault {
    pub name: &'static str,
    /// The gains of account 1, in cents.
    gains: &'static [i64],
    troubles: Troubles,
    /// Whether the process starts again after it has ended.
    restarts: bool,
}

const NONE: Troubles = Troubles {
    apply: (0, 0),
    commits: 0,
    sends: 0,
    dies_after: 0,
    stops_after: None,
    plus_one: true,
    noise: false,
};

/// All of them, in the order of the audit.
pub const FAULTS: [Fault; 8] = [
    Fault {
        name: "it commits the offset of the record, not the one that follows",
        gains: &[100, -30, -20],
        troubles: Troubles {
            plus_one: false,
            ..NONE
        },
        restarts: true,
    },
    Fault {
        name: "an event that fails once is sent again, behind those that follow it",
        gains: &[100, -30, -20],
        troubles: Troubles {
            apply: (1, 1),
            ..NONE
        },
        restarts: false,
    },
    Fault {
        name: "a commit that fails sends an event again that was applied",
        gains: &[100, -30],
        troubles: Troubles { commits: 1, ..NONE },
        restarts: false,
    },
    Fault {
        name: "the process dies between apply and commit",
        gains: &[100, -30],
        troubles: Troubles {
            dies_after: 2,
            ..NONE
        },
        restarts: true,
    },
    Fault {
        name: "the last event fails, is sent again, and its offset is not committed",
        gains: &[100, -30],
        troubles: Troubles {
            apply: (2, 1),
            stops_after: Some(2),
            ..NONE
        },
        restarts: true,
    },
    Fault {
        name: "a record that is no event is outside of the try",
        gains: &[100, -30],
        troubles: Troubles {
            noise: true,
            ..NONE
        },
        restarts: false,
    },
    Fault {
        name: "an event that always fails is sent again for ever",
        gains: &[100],
        troubles: Troubles {
            apply: (1, u32::MAX),
            stops_after: Some(20),
            ..NONE
        },
        restarts: false,
    },
    Fault {
        name: "the retries are those of the re-send, not of the apply",
        gains: &[100],
        troubles: Troubles {
            apply: (1, 1),
            sends: 2,
            ..NONE
        },
        restarts: false,
    },
];

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

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let gains: Vec<_> = self
            .applied
            .iter()
            .map(|gain| format!("{gain:+}"))
            .collect();
        write!(f, "applied [{}]", gains.join(", "))?;
        write!(f, ", balance {}", self.applied.iter().sum::<i64>())?;
        write!(f, ", apply called {} times", self.applies)?;
        write!(f, ", {} records", self.records)?;
        write!(f, ", position {}", self.position)?;
        for (count, what) in [(self.sends, "sent again"), (self.skipped, "skipped")] {
            if count > 0 {
                write!(f, ", {count} {what}")?;
            }
        }
        if self.letters > 0 {
            write!(f, ", {} dead letters", self.letters)?;
        }
        Ok(())
    }
}

impl Fault {
    /// Runs the source's listener, then this program's subscriber, on logs in `dir`.
    ///
    /// # Errors
    ///
    /// If the logs cannot be written.
    pub async fn show(&self, dir: &Path) -> Result<(Outcome, Outcome), Error> {
        let source = self.source(&dir.join("source")).await?;
        let remedy = remedy::run(self, &dir.join("remedy")).await?;
        Ok((source, remedy))
    }

    async fn source(&self, dir: &Path) -> Result<Outcome, Error> {
        let stores = self.open(dir, at_most(i64::MAX)).await?;
        let mut service = Service::default();
        let listener = Listener::start(&stores.log, self.troubles).await?;
        listener.run(&mut service).await?;
        if self.restarts {
            let plus_one = self.troubles.plus_one;
            let listener = Listener::start(&stores.log, Troubles { plus_one, ..NONE });
            listener.await?.run(&mut service).await?;
        }
        let mut outcome = service.outcome;
        outcome.records = stores.log.ends().await?[&0];
        outcome.position = stores.log.committed(GROUP).await?[&0];
        stores.close().await?;
        Ok(outcome)
    }

    /// A log of one partition with the stream in it.
    async fn open(&self, dir: &Path, rule: Rule) -> Result<Stores<EmbeddedLog>, Error> {
        let data = Data::new(dir);
        let _lock = data.lock()?;
        let wanted = Wanted {
            partitions: Some(1),
            ..Wanted::default()
        };
        let stores = super::faults::open(&data, wanted, rule).await?;
        let mut records = Vec::new();
        for (number, &gain) in (1..).zip(self.gains) {
            records.push(event(number, gain).record(1));
            if self.troubles.noise && number == 1 {
                let mut noise: NewRecord = records[0].clone();
                noise.value.truncate(20);
                records.push(noise);
            }
        }
        stores.log.append(records.into()).await?;
        Ok(stores)
    }
}

fn event(number: u64, gain: i64) -> Event {
    Event {
        version: VERSION,
        account: 1,
        number,
        trade: number,
        kind: if gain < 0 { Kind::Debit } else { Kind::Credit },
        cents: gain.abs(),
    }
}

/// Shows fault `number`, from 1, or all.
///
/// # Errors
///
/// If there is no such fault, or the logs cannot be written.
pub async fn report(number: Option<usize>, dir: &Path) -> Result<String, Error> {
    let mut text = String::new();
    let faults = (1..).zip(&FAULTS);
    let mut chosen = faults
        .filter(|&(n, _)| number.is_none_or(|number| number == n))
        .peekable();
    if chosen.peek().is_none() {
        return Err(Error::Wrong("there are faults 1 to 8".into()));
    }
    for (n, fault) in chosen {
        let (source, remedy) = fault.show(&dir.join(n.to_string())).await?;
        let name = fault.name;
        write!(
            text,
            "{n}. {name}\n   source: {source}\n   here:   {remedy}\n"
        )
        .expect("a string takes all");
    }
    Ok(text)
}

#[cfg(test)]
mod tests;
