//! What the program says and how it ends.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Output, Stdio};

fn settlement(dir: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_settlement"));
    command.args(words).arg("--data").arg(dir);
    command
}

/// Runs it to its end; returns its exit code, and what it said on stdout and stderr.
fn end(mut command: Command) -> (Option<i32>, String, String) {
    let Output {
        status,
        stdout,
        stderr,
    } = command.output().expect("it runs");
    let text = |bytes| String::from_utf8(bytes).expect("it is text");
    (status.code(), text(stdout), text(stderr))
}

#[test]
fn a_run_with_poison_balances_and_its_dead_letters_can_be_settled() {
    let dir = tempfile::tempdir().expect("a directory");
    let dir = dir.path().join("new");
    let run = settlement(&dir, &["run", "--events=400", "--poison=50"]);
    let (code, said, _) = end(run);
    assert_eq!(code, Some(0));
    assert!(said.contains("events written              400\n"), "{said}");
    assert!(said.contains("applied once                396\n"), "{said}");
    assert!(said.contains("dead letters                  5\n"), "{said}");
    assert!(said.ends_with("the books balance\n"), "{said}");

    let (code, said, _) = end(settlement(&dir, &["dead-letters", "list"]));
    assert_eq!(code, Some(0));
    assert_eq!(said.matches("unknown version 2").count(), 2, "{said}");
    assert_eq!(said.matches("is above the limit").count(), 2, "{said}");
    assert_eq!(said.matches("no event, partition").count(), 1, "{said}");

    let retry = settlement(
        &dir,
        &["dead-letters", "retry", "--all", "--limit=999999999"],
    );
    let (code, said, refused) = end(retry);
    assert_eq!(code, Some(1), "some are refused again");
    assert_eq!(said.matches("is applied").count(), 2, "{said}");
    assert_eq!(refused.matches("is refused again").count(), 3, "{refused}");
    let (code, said, _) = end(settlement(&dir, &["dead-letters", "drop", "--all"]));
    assert_eq!((code, said.matches("dropped").count()), (Some(0), 3));

    let (code, said, _) = end(settlement(&dir, &["reconcile"]));
    assert_eq!(code, Some(0));
    assert!(said.contains("dead letters                  0\n"), "{said}");
    assert!(said.contains("written off                   3\n"), "{said}");
    assert!(said.ends_with("the books balance\n"), "{said}");
}

#[test]
fn a_mistake_is_said_and_ends_with_its_code() {
    let dir = tempfile::tempdir().expect("a directory");
    let dir = dir.path();
    let (code, _, said) = end(settlement(dir, &["reconcile"]));
    assert_eq!(code, Some(1));
    assert!(said.contains("there is no settlement in"), "{said}");

    let (code, ..) = end(settlement(dir, &["run", "--events=20"]));
    assert_eq!(code, Some(0));
    let (code, _, said) = end(settlement(dir, &["run", "--partitions=9"]));
    assert_eq!(code, Some(1));
    assert!(said.contains("was made with partitions 4, not 9"), "{said}");
    let (code, _, said) = end(settlement(dir, &["run", "--for=soon"]));
    assert_eq!(code, Some(2));
    assert!(
        said.contains("is no time: write 500ms, 10s or 2m"),
        "{said}"
    );
    let (code, _, said) = end(settlement(dir, &["run", "--events=11"]));
    assert_eq!(code, Some(2));
    assert!(said.contains("a trade has two events"), "{said}");
    let (code, _, said) = end(settlement(dir, &["run", "--metrics=0.0.0.0:0"]));
    assert_eq!(code, Some(2));
    assert!(said.contains("write 127.0.0.1:9184"), "{said}");
    let (code, _, said) = end(settlement(&dir.join("lock"), &["run"]));
    assert_eq!(code, Some(1));
    assert!(said.contains("lock cannot be used\n  because: "), "{said}");
    assert!(said.contains("give --data another"), "{said}");
    let (code, _, said) = end(settlement(dir, &["dead-letters", "drop", "7"]));
    assert_eq!(code, Some(1));
    assert!(
        said.contains("there is no dead letter 7 that waits"),
        "{said}"
    );
}

#[test]
fn a_damaged_log_is_refused_with_a_code_of_its_own_and_repaired() {
    let dir = tempfile::tempdir().expect("a directory");
    let dir = dir.path();
    end(settlement(dir, &["run", "--events=400"]));
    let log = dir.join("log.db");
    let length = log.metadata().expect("it is there").len();
    let file = std::fs::OpenOptions::new().write(true).open(log);
    let file = file.expect("it opens");
    file.set_len(length / 2).expect("it is cut");

    for words in [&["run"][..], &["reconcile"]] {
        let (code, _, said) = end(settlement(dir, words));
        assert_eq!(code, Some(4), "{said}");
        assert!(said.contains("log.db is damaged"), "{said}");
        assert!(said.contains("`settlement reconcile --repair`"), "{said}");
    }
    let (code, said, _) = end(settlement(dir, &["reconcile", "--repair"]));
    assert_eq!(code, Some(0));
    assert!(
        said.contains("log.db.damaged-1; it is made again"),
        "{said}"
    );
    assert!(said.contains("applied once                400\n"), "{said}");
}

#[test]
fn two_programs_do_not_share_a_directory_and_the_numbers_are_served() {
    let dir = tempfile::tempdir().expect("a directory");
    let run = ["run", "--for=1m", "--metrics=127.0.0.1:0"];
    let mut first = settlement(dir.path(), &run);
    let mut first = first.stderr(Stdio::piped()).spawn().expect("it starts");
    let said = BufReader::new(first.stderr.take().expect("it is piped"));
    let address = said.lines().map(|line| line.expect("it is text"));
    let address = address.into_iter().find_map(|line| {
        let address = line.strip_prefix("metrics on http://")?;
        Some(address.strip_suffix("/metrics")?.to_owned())
    });
    let address = address.expect("it says where");

    let (code, _, said) = end(settlement(dir.path(), &["run"]));
    assert_eq!(code, Some(1));
    assert!(
        said.contains("is in use: another settlement runs on it"),
        "{said}"
    );

    let mut client = TcpStream::connect(address).expect("it listens");
    let request = "GET /metrics HTTP/1.0\r\n\r\n";
    client.write_all(request.as_bytes()).expect("it listens");
    let mut answer = String::new();
    client.read_to_string(&mut answer).expect("it answers");
    assert!(answer.contains("\nsettlement_applied_total "), "{answer}");
    assert!(
        answer.contains("\nsettlement_lag{partition=\"3\"} "),
        "{answer}"
    );
    first.kill().expect("it runs");
    first.wait().expect("it ends");
}

#[cfg(unix)]
mod signals {
    use super::*;
    use std::process::{Child, ChildStderr};
    use std::time::Duration;

    /// Starts a run and waits until it runs.
    fn start(dir: &Path) -> (Child, BufReader<ChildStderr>) {
        let mut run = settlement(dir, &["run", "--for=1m", "--metrics=127.0.0.1:0"]);
        run.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut run = run.spawn().expect("it starts");
        let mut said = BufReader::new(run.stderr.take().expect("it is piped"));
        wait_for(&mut said, "metrics on");
        (run, said)
    }

    /// Reads on to a line with these words.
    fn wait_for(said: &mut BufReader<ChildStderr>, words: &str) {
        let mut lines = said.lines().map(|line| line.expect("it is text"));
        assert!(
            lines.any(|line| line.contains(words)),
            "it ended before it said {words:?}"
        );
    }

    fn send(signal: &str, process: &Child) {
        let mut kill = Command::new("kill");
        kill.args(["-s", signal, &process.id().to_string()]);
        assert!(kill.status().expect("there is a kill").success());
    }

    #[test]
    fn either_signal_stops_in_order_and_the_next_run_goes_on() {
        let dir = tempfile::tempdir().expect("a directory");
        for signal in ["TERM", "INT"] {
            let (run, mut said) = start(dir.path());
            send(signal, &run);
            let mut rest = String::new();
            said.read_to_string(&mut rest).expect("it is text");
            assert!(
                rest.contains("stopping; once more ends it at once"),
                "{rest}"
            );
            let output = run.wait_with_output().expect("it ends");
            assert_eq!(output.status.code(), Some(0));
            let said = String::from_utf8(output.stdout).expect("it is text");
            assert_eq!(said, "stopped; run it again, and it goes on here\n");
            let closed = !dir.path().join("log.db-wal").exists();
            assert!(closed, "the last connection removes it");
        }
        let (code, said, _) = end(settlement(dir.path(), &["run", "--events=2"]));
        assert_eq!(code, Some(0));
        assert!(said.ends_with("the books balance\n"), "{said}");
    }

    #[test]
    fn a_second_signal_ends_it_at_once() {
        let dir = tempfile::tempdir().expect("a directory");
        let (mut run, mut said) = start(dir.path());
        // A disk that hangs, as far as the program can tell: nobody else may write.
        let blocker = rusqlite::Connection::open(dir.path().join("commands.db"));
        let blocker = blocker.expect("it opens");
        blocker
            .busy_timeout(Duration::from_secs(60))
            .expect("it waits");
        blocker
            .execute_batch("BEGIN IMMEDIATE")
            .expect("it gets its turn");
        // It prints a line each second. Between two of them it has wanted to write, too.
        wait_for(&mut said, " applied, ");
        wait_for(&mut said, " applied, ");
        send("TERM", &run);
        wait_for(&mut said, "SIGTERM: stopping");
        send("TERM", &run);
        assert_eq!(run.wait().expect("it ends").code(), Some(143));
        drop(blocker);
        let (code, said, _) = end(settlement(dir.path(), &["reconcile"]));
        assert_eq!(code, Some(0), "{said}");
    }
}
