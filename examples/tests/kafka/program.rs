//! A settlement program, and what it says.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::thread;
use std::time::Instant;

use super::PATIENCE;
use super::broker::Broker;

/// Where its report goes.
const REPORT: &str = "report";

pub struct Program {
    process: Child,
    lines: Receiver<String>,
}

fn command(broker: &Broker, dir: &Path, until: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_settlement"));
    command
        .args(["run", "--kafka", &broker.address, until])
        .arg("--poison=997")
        .arg("--data")
        .arg(dir);
    command
}

impl Program {
    pub fn start(broker: &Broker, dir: &Path, until: &str) -> Program {
        let mut command = command(broker, dir, until);
        let report = File::create(dir.join(REPORT)).expect("the directory is there");
        command.stdout(report).stderr(Stdio::piped());
        let mut process = command.spawn().expect("it starts");
        let said = process.stderr.take().expect("it is piped");
        let (sender, lines) = sync_channel(1024);
        thread::spawn(move || {
            for line in BufReader::new(said).lines().map_while(Result::ok) {
                // Nobody listens any more when the test has ended.
                if sender.send(line).is_err() {
                    break;
                }
            }
        });
        Program { process, lines }
    }

    /// Waits for a line on its stderr, and returns it.
    pub fn says(&mut self, what: &str, is_it: impl Fn(&str) -> bool) -> String {
        let (end, mut said) = (Instant::now() + PATIENCE, Vec::new());
        loop {
            let left = end.saturating_duration_since(Instant::now());
            match self.lines.recv_timeout(left) {
                Ok(line) if is_it(&line) => return line,
                Ok(line) => said.push(line),
                Err(error) => panic!("{what}: {error}; it said:\n{}", said.join("\n")),
            }
        }
    }

    /// Waits for its end, and returns what it said on stdout.
    fn end(mut self, dir: &Path) -> String {
        let (end, mut said) = (Instant::now() + PATIENCE, Vec::new());
        loop {
            let left = end.saturating_duration_since(Instant::now());
            match self.lines.recv_timeout(left) {
                Ok(line) => said.push(line),
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => panic!("no end:\n{}", said.join("\n")),
            }
        }
        let ended = self.process.wait().expect("it was started here");
        assert!(ended.success(), "{ended}:\n{}", said.join("\n"));
        fs::read_to_string(dir.join(REPORT)).expect("it is text")
    }

    pub fn kill(&mut self) {
        self.process.kill().expect("it runs");
        self.process.wait().expect("it was started here");
    }

    /// Sends it a SIGTERM.
    pub fn stop(mut self) -> ExitStatus {
        let kill = Command::new("kill")
            .arg(self.process.id().to_string())
            .status();
        assert!(kill.is_ok_and(|kill| kill.success()), "it is there");
        self.process.wait().expect("it was started here")
    }
}

impl Drop for Program {
    /// A test that fails leaves nothing behind.
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

/// Has all that is written published and applied, and checks the report.
pub fn reconciled(broker: &Broker, dir: &Path) {
    let said = Program::start(broker, dir, "--events=2").end(dir);
    assert!(said.contains("sum of accounts"), "{said}");
    assert!(!said.contains("on their way"), "{said}");
    assert!(said.trim_end().ends_with("the books balance"), "{said}");
}
