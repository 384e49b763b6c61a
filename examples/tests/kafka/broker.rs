//! The broker: somebody's, or a nisshi of this test's own.

use std::env;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::time::{SystemTime, UNIX_EPOCH};

use companion::settlement::log::kafka::Cluster;
use tempfile::TempDir;

pub struct Broker {
    pub address: String,
    /// What makes its topics new ones.
    run: u128,
    own: Option<Nisshi>,
}

struct Nisshi {
    dir: TempDir,
    process: Mutex<Child>,
}

/// The broker to test with.
///
/// # Errors
///
/// What is missing, and how to install it.
pub fn on_this_machine() -> Result<Broker, String> {
    match env::var("KAFKA_BROKERS") {
        Ok(address) => Ok(Broker::new(address, None)),
        Err(_) => nisshi(),
    }
}

/// A broker of this test's own, which may be killed.
///
/// # Errors
///
/// What is missing, and how to install it.
pub fn nisshi() -> Result<Broker, String> {
    let version = Command::new("nisshi").arg("--version").output();
    if version.is_err() {
        let tools = include_str!("../../../Cargo.toml");
        let line = tools.lines().find(|line| line.starts_with("nisshi = "));
        let install = line.and_then(|line| line.split('"').nth(3));
        let install = install.expect("Cargo.toml says how to install it");
        return Err(format!(
            "needs nisshi, or a broker that KAFKA_BROKERS names, found none; install it: {install}"
        ));
    }
    let dir = tempfile::tempdir().expect("a directory");
    let port = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr());
    let address = port.expect("a port is free").to_string();
    let process = Mutex::new(start(&address, &dir));
    Ok(Broker::new(address, Some(Nisshi { dir, process })))
}

/// Starts it, and waits until it listens.
fn start(address: &str, dir: &TempDir) -> Child {
    let url = format!("tcp://{address}");
    let mut command = Command::new("nisshi");
    command
        .args(["broker", "--listener-url", &url])
        .args(["--advertised-listener-url", &url])
        .args(["--storage-engine", "sqlite://log.db"])
        .current_dir(dir.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    let mut process = command.spawn().expect("nisshi starts");
    let said = process.stdout.take().expect("it is piped");
    let ready = BufReader::new(said)
        .lines()
        .map_while(Result::ok)
        .any(|line| line.starts_with("ready"));
    assert!(ready, "nisshi has ended");
    process
}

impl Broker {
    fn new(address: String, own: Option<Nisshi>) -> Broker {
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        let run = now.expect("the clock is right").as_millis();
        Broker { address, run, own }
    }

    /// A topic of this run.
    pub fn cluster(&self, name: &str) -> Cluster {
        Cluster::new(&self.address, format!("test-{}-{name}", self.run))
    }

    /// Kills the broker and starts it again.
    pub fn kill_and_start_again(&self) {
        let own = self.own.as_ref().expect("it is this test's own");
        let mut process = own.process.lock().expect("no test has panicked here");
        process.kill().expect("it runs");
        process.wait().expect("it was started here");
        *process = start(&self.address, &own.dir);
    }
}

impl Drop for Nisshi {
    fn drop(&mut self) {
        if let Ok(process) = self.process.get_mut() {
            process.kill().ok();
            process.wait().ok();
        }
    }
}
