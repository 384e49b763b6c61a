//! Go programs as modules of their own, vetted and built with the Go that the workspace pins.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;
use std::{env, fs, io};

use super::process::{self, Run};
use super::{scratch, tools};

/// What a Go program can import besides the standard library.
const SYNC: &str = "golang.org/x/sync";

static GO: LazyLock<Result<(), String>> = LazyLock::new(|| tools::require("go", &["version"]));

/// Whether this machine has the pinned Go.
///
/// # Errors
/// What is missing and how to install it.
pub fn require() -> Result<(), String> {
    GO.clone()
}

/// A Go program in a directory of its own.
pub struct Module {
    dir: PathBuf,
    /// Where it is built.
    pub executable: PathBuf,
}

impl Module {
    /// A program in the language of a version, `1.21`, or of the pinned Go. The directory is named
    /// by what is in it.
    ///
    /// # Errors
    /// When the target directory cannot be written.
    pub fn new(program: &str, language: Option<&str>) -> Result<Module, String> {
        let pinned = tools::pinned("go").unwrap_or_default();
        let newest = pinned.split('.').nth(1).unwrap_or_default();
        let language = format!("1.{}", language.unwrap_or(newest));
        let mut hash = DefaultHasher::new();
        (program, &language, &pinned).hash(&mut hash);
        let dir = scratch("go").join(format!("{:016x}", hash.finish()));
        write(&dir, program, &language).map_err(|error| error.to_string())?;
        let executable = dir.join("page").with_extension(env::consts::EXE_EXTENSION);
        Ok(Module { dir, executable })
    }

    /// Vets and builds it, if that has not been done.
    ///
    /// # Errors
    /// What Go says when it rejects the program.
    pub fn make(self) -> Result<PathBuf, String> {
        if !self.executable.exists() {
            let vetted = self.vet()?;
            if vetted.code() != Some(0) {
                return Err(format!("go vet rejects the program:\n{}", vetted.stderr));
            }
            self.build()?;
        }
        Ok(self.executable)
    }

    /// What `go vet` says.
    ///
    /// # Errors
    /// When it cannot be run.
    pub fn vet(&self) -> Result<Run, String> {
        self.go(&["vet"])
    }

    /// # Errors
    /// What the compiler says when it rejects the program.
    pub fn build(&self) -> Result<(), String> {
        let fresh = tempfile::tempdir_in(&self.dir).map_err(|error| error.to_string())?;
        let built = fresh.path().join("page");
        let run = self.go(&["build", "-trimpath", "-o", &built.display().to_string()])?;
        match run.code() {
            Some(0) => fs::rename(built, &self.executable).map_err(|error| error.to_string()),
            _ => Err(format!("go build rejects the program:\n{}", run.stderr)),
        }
    }

    /// The go command, offline and without cgo: cgo would silence the runtime's deadlock detector.
    fn go(&self, args: &[&str]) -> Result<Run, String> {
        let mut go = Command::new("go");
        go.current_dir(&self.dir).args(args);
        go.envs([
            ("CGO_ENABLED", "0"),
            ("GOTOOLCHAIN", "local"),
            ("GOFLAGS", "-mod=mod"),
            ("GOPROXY", "off"),
        ]);
        process::run(&mut go, process::TOOL).map_err(|error| error.to_string())
    }
}

fn write(dir: &Path, program: &str, language: &str) -> io::Result<()> {
    fs::create_dir_all(dir)?;
    let mut manifest = format!("module page\n\ngo {language}\n");
    if program.contains(&format!("\"{SYNC}/")) {
        copy_sync(&dir.join("sync"), language)?;
        manifest += &format!("\nrequire {SYNC} v0.0.0\n\nreplace {SYNC} => ./sync\n");
    }
    fs::write(dir.join("go.mod"), manifest)?;
    fs::write(dir.join("main.go"), program)
}

/// Copies [`SYNC`] out of the Go distribution, which vendors it for the go command itself: so its
/// version is fixed with Go's, and nothing is downloaded or committed. It has to be a copy: what
/// `replace` names must have a `go.mod`, and this has none.
fn copy_sync(copy: &Path, language: &str) -> io::Result<()> {
    let go = process::run(Command::new("go").args(["env", "GOROOT"]), process::TOOL)?;
    let vendored = Path::new(go.stdout.trim())
        .join("src/cmd/vendor")
        .join(SYNC);
    for package in ["errgroup", "semaphore"] {
        fs::create_dir_all(copy.join(package))?;
        for file in fs::read_dir(vendored.join(package))? {
            let file = file?;
            fs::copy(file.path(), copy.join(package).join(file.file_name()))?;
        }
    }
    let manifest = format!("module {SYNC}\n\ngo {language}\n");
    fs::write(copy.join("go.mod"), manifest)
}
