//! Go programs: a module for each, and the go command that vets and builds it.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs, io};

use super::process::{self, Run};

/// The import path of the one thing beyond the standard library that a Go program can use.
const SYNC: &str = "golang.org/x/sync";

/// Writes a program as a module of its own, in Go of this language version.
///
/// # Errors
/// When the directory cannot be written, or the toolchain lacks its copy of [`SYNC`].
pub fn write(dir: &Path, language: &str, program: &str) -> io::Result<()> {
    fs::create_dir_all(dir)?;
    let mut manifest = format!("module page\n\ngo {language}\n");
    if program.contains(&format!("\"{SYNC}/")) {
        vendor(&dir.join("sync"), language)?;
        manifest += &format!("\nrequire {SYNC} v0.0.0\n\nreplace {SYNC} => ./sync\n");
    }
    fs::write(dir.join("go.mod"), manifest)?;
    fs::write(dir.join("main.go"), program)
}

/// Copies [`SYNC`] out of the Go distribution, which vendors it for the go command itself: the
/// version is the one that came with the pinned Go, no network is needed, and nothing of it is
/// committed. A copy, because a module outside `GOROOT/src/cmd` may not import what is vendored
/// there, and a replacement must have a `go.mod`.
fn vendor(copy: &Path, language: &str) -> io::Result<()> {
    let go = process::run(Command::new("go").args(["env", "GOROOT"]), process::TOOL)?;
    let packages = Path::new(go.stdout.trim())
        .join("src/cmd/vendor")
        .join(SYNC);
    for package in fs::read_dir(&packages)?.collect::<Result<Vec<_>, _>>()? {
        if !package.file_type()?.is_dir() {
            continue;
        }
        let to = copy.join(package.file_name());
        fs::create_dir_all(&to)?;
        for file in fs::read_dir(package.path())? {
            let file = file?;
            fs::copy(file.path(), to.join(file.file_name()))?;
        }
    }
    let manifest = format!("module {SYNC}\n\ngo {language}\n");
    fs::write(copy.join("go.mod"), manifest)
}

/// Builds the module, and returns the program that it is.
///
/// # Errors
/// What go says against it.
pub fn build(module: &Path) -> Result<PathBuf, String> {
    let executable = executable(module);
    let fresh = tempfile::tempdir_in(module).map_err(|error| error.to_string())?;
    let built = fresh.path().join("page");
    let run = go(
        module,
        &["build", "-trimpath", "-o", &built.display().to_string()],
    )?;
    match run.code() {
        Some(0) => fs::rename(built, &executable)
            .map(|()| executable)
            .map_err(|error| error.to_string()),
        _ => Err(format!("go build rejects the program:\n{}", run.stderr)),
    }
}

/// Where [`build`] puts the program of a module.
pub fn executable(module: &Path) -> PathBuf {
    module
        .join("page")
        .with_extension(env::consts::EXE_EXTENSION)
}

/// The go command, offline and without cgo: cgo would silence the runtime's deadlock detector.
///
/// # Errors
/// When it cannot be run.
pub fn go(module: &Path, args: &[&str]) -> Result<Run, String> {
    let mut go = Command::new("go");
    go.current_dir(module).args(args);
    go.envs([
        ("CGO_ENABLED", "0"),
        ("GOTOOLCHAIN", "local"),
        ("GOFLAGS", "-mod=mod"),
        ("GOPROXY", "off"),
    ]);
    process::run(&mut go, process::TOOL).map_err(|error| error.to_string())
}
