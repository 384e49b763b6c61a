//! The eight faults of the source's listener, each on the embedded log, and the same stream through
//! the subscriber of this program. Everything is deterministic. Run it:
//!
//! ```text
//! cargo run -q -p companion --bin source_faults
//! cargo run -q -p companion --bin source_faults -- 3
//! ```

mod faults;
mod listener;
mod outcome;
mod remedy;

use std::fmt::Write;
use std::path::Path;

use super::data::{Data, Stores, Wanted};
use super::event::{Event, Kind, VERSION};
use super::keep::{Embedded, Keep};
use super::log::embedded::EmbeddedLog;
use super::log::{EventLog, NewRecord};
use super::views::{Rule, at_most};
pub use faults::FAULTS;
use faults::NONE;
use listener::{GROUP, Listener, Service};
pub use outcome::Outcome;

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
        let stores = Embedded.stores(&data, wanted, rule).await?;
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
    let mut text = format!("   {:6} {}\n", "", outcome::HEADER);
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
            "{n}. {name}\n   source {source}\n   here   {remedy}\n"
        )
        .expect("a string takes all");
    }
    Ok(text)
}

#[cfg(test)]
mod tests;
