//! Child processes under a deadline: nothing in the book's checks can hang.

use std::ffi::OsStr;
use std::io::{self, ErrorKind::TimedOut, Read};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::LazyLock;
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread;
use std::time::Duration;

use wait_timeout::ChildExt;

/// What a program did until it ended, or until it was stopped.
pub struct Run {
    pub stdout: String,
    pub stderr: String,
    /// `None`: it was still running at the deadline and was killed.
    pub status: Option<ExitStatus>,
}

impl Run {
    pub fn code(&self) -> Option<i32> {
        self.status.and_then(|status| status.code())
    }

    /// How it ended, in words.
    pub fn ending(&self) -> String {
        match self.status {
            None => format!("still running after {} s (killed)", deadline().as_secs()),
            Some(status) => status
                .code()
                .map_or(status.to_string(), |code| format!("exit code {code}")),
        }
    }
}

/// How long a compiler or another tool may take, on a machine where everything is slow.
pub const TOOL: Duration = Duration::from_secs(300);

/// How long one program of the book may take: far longer than any needs, also on a loaded machine.
/// `BOOK_DEADLINE` (seconds) changes it, for the checks' own check.
pub fn deadline() -> Duration {
    let seconds = std::env::var("BOOK_DEADLINE")
        .ok()
        .and_then(|value| value.parse().ok());
    Duration::from_secs(seconds.unwrap_or(60))
}

/// Runs a command to its end or to the deadline.
///
/// # Errors
/// When the command cannot be started.
pub fn run(command: &mut Command, deadline: Duration) -> io::Result<Run> {
    let mut child = command
        .env("RUST_BACKTRACE", "0")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let readers = [read(stdout), read(stderr)];
    let status = child.wait_timeout(deadline)?;
    if status.is_none() {
        child.kill()?;
        child.wait()?;
    }
    let held = "a process that it started holds its output open: end it, or wait for it";
    let printed = |reader: Receiver<_>| {
        reader
            .recv_timeout(deadline)
            .map_err(|_| io::Error::new(TimedOut, held))
    };
    let [stdout, stderr] = readers.map(printed);
    Ok(Run {
        stdout: stdout??,
        stderr: stderr??,
        status,
    })
}

/// Reads a pipe to its end, on a thread of its own: a grandchild may keep it open.
fn read(pipe: Option<impl Read + Send + 'static>) -> Receiver<io::Result<String>> {
    let (sender, receiver) = sync_channel(1);
    thread::spawn(move || {
        let mut bytes = Vec::new();
        let read = pipe.map_or(Ok(0), |mut pipe| pipe.read_to_end(&mut bytes));
        let text = read.map(|_| String::from_utf8_lossy(&bytes).replace("\r\n", "\n"));
        // Nobody listens any more after the deadline.
        sender.send(text).ok();
    });
    receiver
}

/// A command that Ctrl-C ends, though a shell ignores Ctrl-C in what it starts with `&`, and what
/// that starts inherits it.
pub fn interruptible(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new("env");
    command.arg("--default-signal=INT").arg(program);
    command
}

/// Whether processes end here as they did where the shutdown matrix was written.
///
/// # Errors
/// What is different.
pub fn ends_as_on_linux() -> Result<(), String> {
    static ENDS: LazyLock<Result<(), String>> = LazyLock::new(|| {
        if !cfg!(all(target_os = "linux", target_env = "gnu")) {
            return Err("needs Linux with glibc: elsewhere a process ends in another way".into());
        }
        let probed = run(interruptible("sh").args(["-c", "kill -s INT $$"]), TOOL);
        match probed.is_ok_and(|run| run.status.is_some() && run.code().is_none()) {
            true => Ok(()),
            false => Err("needs an `env --default-signal`; install it: coreutils 8.31".into()),
        }
    });
    ENDS.clone()
}
