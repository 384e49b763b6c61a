//! The two halves: built here, and run for one round of one benchmark at a time.

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail, ensure};
use mdbook_preprocessor::config::RustEdition;

use super::plan::{Job, Side};
use super::settlement::Kafka;
use crate::environment;
use crate::versions::Versions;

/// What a round found, by metric; or why this machine cannot run it.
pub type Found = Result<BTreeMap<String, f64>, String>;

pub struct Halves {
    rust: PathBuf,
    /// The program, and the version of Go that built it.
    pub go: Option<(PathBuf, String)>,
    /// What Go's compiler made of the `defer` in each function of the Go half.
    pub go_defers: BTreeMap<String, String>,
}

impl Halves {
    /// Builds Rust's with these features of `benches`, and Go's if it is wanted and the pinned Go
    /// is there.
    ///
    /// # Errors
    /// If cargo fails, or a Go of the right version does.
    pub fn build(root: &Path, features: &str, with_go: bool) -> Result<Self> {
        let target = environment::target(root)?;
        let mut cargo = Command::new(env!("CARGO"));
        let arguments = ["build", "--release", "--quiet", "--package", "benches"];
        cargo.current_dir(root).args(arguments);
        cargo.args(["--features", features]);
        eprintln!("building the Rust half");
        let status = cargo.status().context("cargo cannot be run")?;
        ensure!(status.success(), "cargo {}: {status}", arguments.join(" "));
        let program = Path::new("benches").with_extension(env::consts::EXE_EXTENSION);
        let mut halves = Self {
            rust: target.join("release").join(program),
            go: None,
            go_defers: BTreeMap::new(),
        };
        if !with_go {
            return Ok(halves);
        }
        match go_version(root)? {
            Ok(version) => halves.build_go(root, target.join("measure-go"), version)?,
            Err(missing) => eprintln!("measuring Rust only: {missing}"),
        }
        Ok(halves)
    }

    fn build_go(&mut self, root: &Path, program: PathBuf, version: String) -> Result<()> {
        eprintln!("building the Go half with {version}");
        let sources = root.join("benches/go");
        let mut build = go(&sources, &["build", "-gcflags=-d=defer=1", "-o"]);
        let output = build.arg(&program).output()?;
        let said = String::from_utf8_lossy(&output.stderr);
        ensure!(
            output.status.success(),
            "go build: {}\n{said}",
            output.status
        );
        for line in said.lines() {
            let place = line
                .strip_prefix("./")
                .and_then(|line| line.split_once(' '));
            let Some((place, kind)) = place.filter(|(_, kind)| kind.ends_with("defer")) else {
                continue;
            };
            let mut place = place.split(':');
            let file = sources.join(place.next().unwrap_or_default());
            let line = place.next().context("no line")?.parse()?;
            self.go_defers.insert(function(&file, line)?, kind.into());
        }
        self.go = Some((program, version));
        Ok(())
    }

    /// The version of Go, where there is one.
    pub fn go_version(&self) -> &str {
        let go = self.go.as_ref().map(|(_, version)| version.as_str());
        go.unwrap_or("no Go, only Rust was measured")
    }

    /// Runs one round in a directory, with a broker if there is one.
    ///
    /// # Errors
    /// If the child fails; what it said is in the error.
    pub fn round(
        &self,
        job: &Job,
        lasts: u32,
        directory: &Path,
        kafka: Option<&Kafka>,
    ) -> Result<Found> {
        let program = match (job.side, &self.go) {
            (Side::Go, Some((program, _))) => program,
            (Side::Go, None) => bail!("{} wants Go", job.key()),
            (Side::Rust, _) => &self.rust,
        };
        let mut child = Command::new(program);
        child.args([job.name, &job.threads().to_string(), &lasts.to_string()]);
        child.envs(kafka.map(|kafka| ("KAFKA_BROKERS", &kafka.brokers)));
        let output = child.current_dir(directory).stdin(Stdio::null()).output();
        let output = output.with_context(|| program.display().to_string())?;
        let said = String::from_utf8_lossy(&output.stderr);
        match output.status.code() {
            Some(0) => {
                let sample = serde_json::from_slice(&output.stdout);
                Ok(Ok(
                    sample.with_context(|| format!("what {} printed", job.key()))?
                ))
            }
            Some(3) => Ok(Err(said.trim().to_owned())),
            _ => bail!("{}: {}\n{said}", job.key(), output.status),
        }
    }
}

/// The toolchain and the crates that are measured.
pub fn versions(root: &Path, crates: &[&str]) -> Result<String> {
    let crates: BTreeSet<String> = crates.iter().map(|&name| name.to_owned()).collect();
    Ok(Versions::read(root, Some(RustEdition::E2024))?.line(&crates))
}

/// The version of Go on this machine if it is the pinned one, or what to install.
fn go_version(root: &Path) -> Result<Result<String, String>> {
    let (pinned, install) = environment::tool(root, "go")?;
    let found = match go(root, &["env", "GOVERSION"]).output() {
        Err(error) if error.kind() == ErrorKind::NotFound => "none".to_owned(),
        output => String::from_utf8(output?.stdout)?
            .trim()
            .replace("go", "go "),
    };
    let wanted = format!("go {pinned}");
    let missing = format!("needs {wanted}, found {found}; install it: {install}");
    Ok(if found == wanted {
        Ok(found)
    } else {
        Err(missing)
    })
}

fn go(directory: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new("go");
    command.current_dir(directory).args(arguments);
    let offline = [
        ("GOTOOLCHAIN", "local"),
        ("GOPROXY", "off"),
        ("GOFLAGS", ""),
        ("CGO_ENABLED", "0"),
    ];
    command.envs(offline);
    command
}

/// The function around a line of a Go file.
fn function(file: &Path, line: usize) -> Result<String> {
    let source = fs::read_to_string(file).with_context(|| file.display().to_string())?;
    let above: Vec<&str> = source.lines().take(line).collect();
    let name = above.iter().rev().find_map(|line| {
        let (name, _) = line.strip_prefix("func ")?.split_once('(')?;
        Some(name.to_owned())
    });
    name.with_context(|| format!("{}:{line}: in no function", file.display()))
}
