//! The compiler that skeptic is given as `$RUSTC`, because skeptic 0.14 knows no edition after
//! 2021, keeps nothing it compiled, and lets a program that hangs run for ever.
//!
//! Called as a compiler it compiles the snippet as the book does (`rustc.rs`) and puts a copy of
//! itself where skeptic expects the executable. Called as that copy it runs the snippet under the
//! book's deadline.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::{Command, exit};
use std::{env, fs};

#[allow(dead_code)]
mod process;
#[allow(dead_code)]
mod rustc;

/// Beside the copy: the path of the program it stands for.
const PROGRAM: &str = "program-path";

fn main() -> Result<(), Box<dyn Error>> {
    let me = env::current_exe()?;
    match fs::read_to_string(me.with_file_name(PROGRAM)) {
        Ok(program) => run(Path::new(&program)),
        Err(_) => compile(&me),
    }
}

fn compile(me: &Path) -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = env::args().collect();
    let output = args
        .iter()
        .position(|arg| arg == "-o")
        .and_then(|at| args.get(at + 1));
    let Some(output) = output.map(PathBuf::from) else {
        // Cargo, which skeptic asks for the crates, wants to know the compiler's version.
        exit(
            Command::new("rustc")
                .args(&args[1..])
                .status()?
                .code()
                .unwrap_or(1),
        );
    };
    let source = fs::read_to_string(&args[1])?;
    match rustc::Compiler::from_variables().compile(&source, "2024") {
        Ok(program) => {
            fs::write(
                output.with_file_name(PROGRAM),
                program.display().to_string(),
            )?;
            fs::copy(me, &output)?;
            Ok(())
        }
        Err(messages) => {
            eprint!("{messages}");
            exit(1)
        }
    }
}

fn run(program: &Path) -> Result<(), Box<dyn Error>> {
    let run = process::run(&mut Command::new(program), process::deadline())?;
    print!("{}", run.stdout);
    eprint!("{}", run.stderr);
    let Some(status) = run.status else {
        eprintln!("still running after {} s", process::deadline().as_secs());
        exit(124)
    };
    exit(status.code().unwrap_or(1))
}
