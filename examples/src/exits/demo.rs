//! Sends a signal to a copy of the server, and reports what it printed and how it ended.

use std::process::{ExitStatus, Stdio};
use std::{env, io, path::Path, time::Duration};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};
use tokio::{process::Command, time::timeout};

/// Starts `program mode`, sends it `signal` (`TERM`, `INT`) when it is ready, and returns what it
/// printed and how it ended.
///
/// If this future is dropped, the child is killed.
///
/// # Errors
///
/// If a process can't be started or read, or if all this takes 20 seconds.
pub async fn signalled(
    program: &Path,
    mode: &str,
    signal: &str,
) -> io::Result<(String, ExitStatus)> {
    let mut child = Command::new(program)
        .arg(mode)
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()?;
    let id = child.id().expect("nobody has waited for it").to_string();
    let stdout = child.stdout.take().expect("it is piped");
    let run = async {
        let mut stdout = BufReader::new(stdout);
        let mut printed = String::new();
        stdout.read_line(&mut printed).await?; // "ready"
        let mut shell = Command::new("sh"); // its `kill` is built in
        shell.args(["-c", "kill -s \"$0\" \"$1\"", signal, &id]);
        let killed = shell.status().await?;
        if !killed.success() {
            return Err(io::Error::other(format!("kill: {killed}")));
        }
        stdout.read_to_string(&mut printed).await?;
        Ok((printed, child.wait().await?))
    };
    timeout(Duration::from_secs(20), run).await?
}

/// Sends SIGTERM to two copies of this program, without a handler and with it, and prints what
/// they printed and how they ended.
///
/// # Errors
///
/// As for [`signalled`].
pub async fn demo() -> io::Result<()> {
    for mode in ["--no-handler", "--handler"] {
        let (printed, status) = signalled(&env::current_exe()?, mode, "TERM").await?;
        println!("{mode}:");
        for line in printed.lines() {
            println!("  {line}");
        }
        println!("  {status}");
    }
    Ok(())
}
