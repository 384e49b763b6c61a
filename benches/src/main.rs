//! The Rust half of `cargo xtask measure`: one round of one benchmark, in a process of its own,
//! because what ran before has touched memory. By hand, with its name, the number of runtime
//! threads (0 is the one worker of a multi-thread runtime) and the milliseconds it has to last:
//!
//! ```text
//! cargo run --release -q -p benches -- spawn 1 100
//! ```
//!
//! It prints a JSON object: `cpu` and `wall` nanoseconds of one operation, or bytes. Exit code 3
//! says that this machine cannot, and why. `go/main.go` does the same, by the same names. The
//! settlement's benchmarks write in the working directory; the percentiles are nanoseconds, too.

mod channels;
mod cleanup;
mod clock;
mod panics;
mod parked;
mod settlement;
mod tasks;

use std::env;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use clock::Sample;
use tokio::runtime::{Builder, Runtime};

/// What a benchmark is told.
struct Round {
    threads: usize,
    /// How long the operations that count should take, at least.
    lasts: Duration,
}

impl Round {
    /// A runtime of its threads; for one, `current_thread`.
    fn runtime(&self) -> Result<Runtime> {
        let mut builder = match self.threads {
            1 => Builder::new_current_thread(),
            _ => Builder::new_multi_thread(),
        };
        let builder = builder.worker_threads(self.threads.max(1));
        Ok(builder.max_blocking_threads(2000).enable_time().build()?)
    }
}

fn main() -> Result<ExitCode> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [name, threads, lasts] = arguments.as_slice() else {
        bail!("usage: benches NAME THREADS MILLISECONDS");
    };
    let round = Round {
        threads: threads.parse().context("THREADS is a number")?,
        lasts: Duration::from_millis(lasts.parse().context("MILLISECONDS is a number")?),
    };
    let sample = match measure(name, &round) {
        Err(error) if error.is::<parked::NotHere>() => {
            eprintln!("{error}");
            return Ok(ExitCode::from(3));
        }
        sample => sample?,
    };
    println!("{}", serde_json::to_string(&sample)?);
    Ok(ExitCode::SUCCESS)
}

fn measure(name: &str, round: &Round) -> Result<Sample> {
    let groups = [
        cleanup::measure,
        panics::measure,
        tasks::measure,
        channels::measure,
        parked::measure,
        settlement::measure,
    ];
    for group in groups {
        if let Some(sample) = group(name, round)? {
            return Ok(sample);
        }
    }
    bail!("there is no benchmark {name:?}")
}
