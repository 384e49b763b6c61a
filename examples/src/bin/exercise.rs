//! Checks the reader's answer to an exercise: `cargo run -q -p companion --bin exercise -- NAME`.

use std::process::ExitCode;

use companion::exercises::ALL;

fn main() -> ExitCode {
    let name = std::env::args().nth(1).unwrap_or_default();
    let Some(exercise) = ALL.iter().find(|exercise| exercise.name == name) else {
        let names: Vec<&str> = ALL.iter().map(|exercise| exercise.name).collect();
        eprintln!(
            "there is no exercise {name:?}; there are: {}",
            names.join(", ")
        );
        return ExitCode::from(2);
    };
    match (exercise.start)() {
        Ok(()) => {
            println!("{name}: solved");
            ExitCode::SUCCESS
        }
        Err(wrong) => {
            println!("{name}: not yet: {wrong}");
            ExitCode::FAILURE
        }
    }
}
