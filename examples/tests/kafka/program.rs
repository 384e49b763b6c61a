//! A settlement program, and what it says.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread;

use super::PATIENCE;
use super::broker::Broker;

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
        command.stdout(Stdio::null()).stderr(Stdio::piped());
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
        let mut said = Vec::new();
        loop {
            match self.lines.recv_timeout(PATIENCE) {
                Ok(line) if is_it(&line) => return line,
                Ok(line) => said.push(line),
                Err(error) => panic!("{what}: {error}; it said:\n{}", said.join("\n")),
            }
        }
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
    let output = command(broker, dir, "--events=2")
        .output()
        .expect("it runs");
    let said = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}\n{errors}");
    assert!(said.contains("sum of accounts"), "{said}");
    assert!(!said.contains("on their way"), "{said}");
    assert!(said.trim_end().ends_with("the books balance"), "{said}");
}
