//! What can be said on the command line, and what is refused there.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use crate::settlement::data::Wanted;
use crate::settlement::event::LIMIT;

#[derive(Debug, Args)]
pub struct DataArgs {
    /// Where everything is kept
    #[arg(long, value_name = "DIR", default_value = "target/settlement")]
    pub data: PathBuf,
    /// The most cents that an event may move; more is a dead letter
    #[arg(long, value_name = "CENTS", default_value_t = LIMIT)]
    pub limit: i64,
}

#[derive(Debug, Args)]
pub struct KafkaArgs {
    /// Keep the log on Kafka: where its brokers are, as 127.0.0.1:9092. Several programs may then
    /// share a directory
    #[arg(long, value_name = "HOST:PORT,..")]
    pub kafka: Option<String>,
    /// The topic of a new settlement [default: one that nobody else has]
    #[arg(long, value_name = "NAME", requires = "kafka")]
    pub topic: Option<String>,
    /// How long a program may be silent before its partitions are another's
    #[arg(long, value_name = "DURATION", default_value = "6s", value_parser = duration)]
    pub session: Duration,
}

#[derive(Debug, Args)]
pub struct Run {
    #[command(flatten)]
    pub data: DataArgs,
    #[command(flatten)]
    pub kafka: KafkaArgs,
    /// Events in all, two a trade; a run that was stopped goes on where it was [default: 20000]
    #[arg(long, value_name = "N", value_parser = events)]
    pub events: Option<u64>,
    /// Let trades come for so long, as `10s`, `500ms` or `2m`
    #[arg(long = "for", value_name = "DURATION", value_parser = duration)]
    pub time: Option<Duration>,
    /// Partitions of a new log [default: 4]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1024))]
    pub partitions: Option<u32>,
    /// Accounts of a new settlement [default: 100]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(2..))]
    pub accounts: Option<u32>,
    /// Where the trades of a new settlement come from [default: 1]
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// Make one trade in N one that cannot be applied; 0 for none [default: 0]
    #[arg(long, value_name = "N")]
    pub poison: Option<u32>,
    /// Subscribers that share the partitions
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = clap::value_parser!(u32).range(1..=64))]
    pub subscribers: u32,
    /// Wait so long between two reconciliations while it runs; 0s for none before the end
    #[arg(long, value_name = "DURATION", default_value = "5s", value_parser = duration)]
    pub reconcile_every: Duration,
    /// Serve the numbers to a Prometheus on this machine, as on 127.0.0.1:9184
    #[arg(long, value_name = "ADDRESS", value_parser = loopback)]
    pub metrics: Option<SocketAddr>,
    /// How long it may take to stop
    #[arg(long, value_name = "DURATION", default_value = "10s", value_parser = duration)]
    pub stop_within: Duration,
}

impl Run {
    pub fn wanted(&self) -> Wanted {
        Wanted {
            seed: self.seed,
            accounts: self.accounts,
            partitions: self.partitions,
            poison: self.poison,
        }
    }
}

/// Reads a number of events: whole trades.
fn events(text: &str) -> Result<u64, String> {
    let even = text
        .parse()
        .ok()
        .filter(|number: &u64| number.is_multiple_of(2));
    even.ok_or_else(|| format!("{text:?} is no even number, and a trade has two events"))
}

/// Reads `10s`, `500ms`, `2m`.
fn duration(text: &str) -> Result<Duration, String> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let number = digits.parse::<u64>().ok();
    let duration = match (number, &text[digits.len()..]) {
        (Some(number), "ms") => Some(Duration::from_millis(number)),
        (Some(number), "s") => Some(Duration::from_secs(number)),
        (Some(number), "m") => number.checked_mul(60).map(Duration::from_secs),
        _ => None,
    };
    duration.ok_or_else(|| format!("{text:?} is no time: write 500ms, 10s or 2m"))
}

/// Reads an address that other machines cannot reach: nobody is asked who they are there.
fn loopback(text: &str) -> Result<SocketAddr, String> {
    match text.parse::<SocketAddr>() {
        Ok(address) if address.ip().is_loopback() => Ok(address),
        _ => Err(format!(
            "{text:?} is no address of this machine alone: write 127.0.0.1:9184 or [::1]:9184"
        )),
    }
}
