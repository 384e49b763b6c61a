//! What a goroutine, a tokio task and a thread cost on this machine: CPU time to start and end one,
//! memory while it is parked, CPU time to exchange messages. Linux only: it reads `/proc`.
//!
//! The page is `src/foundations/task-cost.md`. Print the table, or write it into the page's data:
//!
//! ```text
//! cargo run --release -q -p companion --bin task_cost
//! cargo run --release -q -p companion --bin task_cost -- --write
//! ```

mod go;
pub mod rounds;
mod table;
mod tasks;
mod threads;

use std::path::PathBuf;
use std::process::Command;
use std::{env, error, fs};

/// Anything that ends the measurement.
pub type Error = Box<dyn error::Error>;

/// Where the page's data lives.
pub const DATA: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../src/foundations/task-cost-measured.md"
);

/// How often everything is measured; the tables show medians.
const ROUNDS: usize = 5;

/// What a column shows: nanoseconds of CPU time, bytes resident, bytes kept after the end, bytes
/// reserved, nanoseconds of CPU time.
type Costs = [f64; 5];

/// A row: its name, and the command that runs a round of it when `start`, `parked` or `trip` is
/// added.
struct Unit {
    name: &'static str,
    command: Vec<String>,
}

/// Measures every unit and returns the Markdown tables. Progress goes to stderr. Without a `go` on
/// the PATH only Rust is measured.
///
/// # Errors
///
/// If there is no `/proc`, a round fails, or `go` is there and does not build.
pub fn report() -> Result<String, Error> {
    fs::metadata("/proc/self/statm").map_err(|_| "this needs Linux: there is no /proc")?;
    let program = env::current_exe()?.display().to_string();
    let unit = |name, argument: &str| Unit {
        name,
        command: vec![program.clone(), "--round".into(), argument.into()],
    };
    let mut units = vec![
        unit("task, one thread", "task"),
        unit("task, two workers", "task-2"),
        unit("`spawn_blocking`", "blocking"),
        unit("`std::thread`", "thread"),
    ];
    let go = go::build()?;
    if let Some(go) = &go {
        for (at, name, procs) in [(1, "goroutine, one P", "1"), (3, "goroutine, two Ps", "2")] {
            let command = vec![go.program(), procs.into()];
            units.insert(at, Unit { name, command });
        }
    } else {
        eprintln!("there is no `go` on the PATH: measuring Rust only");
    }

    let mut rounds = vec![Vec::new(); units.len()];
    for round in 1..=ROUNDS {
        for (unit, costs) in units.iter().zip(&mut rounds) {
            eprintln!("round {round} of {ROUNDS}: {}", unit.name);
            costs.push(unit.round()?);
        }
    }
    let rows: Vec<_> = units
        .iter()
        .map(|unit| unit.name)
        .zip(rounds.iter().map(|rounds| medians(rounds)))
        .collect();
    Ok(table::table(&rows, go.as_ref().map(|go| &*go.version)))
}

/// Writes what `report` returned to the page's data file, and returns its path.
///
/// # Errors
///
/// If the file cannot be written.
pub fn write(report: &str) -> Result<PathBuf, Error> {
    fs::write(DATA, report).map_err(|error| format!("cannot write {DATA}: {error}"))?;
    Ok(DATA.into())
}

impl Unit {
    fn round(&self) -> Result<Costs, Error> {
        let mut costs = Vec::new();
        for metric in ["start", "parked", "trip"] {
            let output = Command::new(&self.command[0])
                .args(&self.command[1..])
                .arg(metric)
                .output()?;
            if !output.status.success() {
                let said = String::from_utf8_lossy(&output.stderr);
                return Err(format!("{}, {metric}: {}\n{said}", self.name, output.status).into());
            }
            let numbers = String::from_utf8(output.stdout)?;
            for number in numbers.split_whitespace() {
                costs.push(number.parse()?);
            }
        }
        costs
            .try_into()
            .map_err(|costs| format!("{}: five numbers, not {costs:?}", self.name).into())
    }
}

fn medians(rounds: &[Costs]) -> Costs {
    std::array::from_fn(|column| {
        let mut values: Vec<f64> = rounds.iter().map(|costs| costs[column]).collect();
        values.sort_by(f64::total_cmp);
        values[values.len() / 2]
    })
}
