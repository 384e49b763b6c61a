//! The Go half: built from the embedded program, if there is a `go`.

use std::env;
use std::fs;
use std::io::ErrorKind;
use std::path::PathBuf;
use std::process::{self, Command};

use super::Error;

/// The built program.
pub struct Go {
    /// As `go version` says it.
    pub version: String,
    /// Removed with everything in it when this is dropped.
    directory: PathBuf,
}

impl Go {
    pub fn program(&self) -> String {
        self.directory.join("rounds").display().to_string()
    }
}

impl Drop for Go {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.directory) {
            eprintln!("cannot remove {}: {error}", self.directory.display());
        }
    }
}

/// Builds the Go half in a temporary directory; `None` if there is no `go` on the PATH.
///
/// # Errors
///
/// If `go` is there and fails.
pub fn build() -> Result<Option<Go>, Error> {
    let version = match go(&["env", "GOVERSION"]).output() {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        output => String::from_utf8(output?.stdout)?.trim().to_owned(),
    };
    let directory = env::temp_dir().join(format!("task-cost-{}", process::id()));
    fs::create_dir(&directory)?;
    let built = Go { version, directory };
    let source = built.directory.join("main.go");
    fs::write(&source, include_str!("../task_cost.go"))?;

    eprintln!("building the Go half with {}", built.version);
    let output = go(&["build", "-o", &built.program()])
        .arg(source)
        .output()?;
    if output.status.success() {
        Ok(Some(built))
    } else {
        let said = String::from_utf8_lossy(&output.stderr);
        Err(format!("go build: {}\n{said}", output.status).into())
    }
}

fn go(arguments: &[&str]) -> Command {
    let mut command = Command::new("go");
    command.args(arguments);
    command.envs([
        ("CGO_ENABLED", "0"),
        ("GOTOOLCHAIN", "local"),
        ("GOPROXY", "off"),
        ("GO111MODULE", "off"),
        ("GOFLAGS", ""),
    ]);
    command
}
