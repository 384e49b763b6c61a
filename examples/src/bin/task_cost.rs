//! What a task costs: see `companion::task_cost`. It starts itself with `--round` for each round.

use companion::task_cost::{Error, report, rounds, write};
use std::env;

fn main() -> Result<(), Error> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        [] => print!("{}", report()?),
        ["--write"] => {
            let report = report()?;
            eprintln!("wrote {}", write(&report)?.display());
            print!("{report}");
        }
        ["--round", unit, metric] => rounds::run(unit, metric)?,
        _ => return Err("usage: task_cost [--write]".into()),
    }
    Ok(())
}
