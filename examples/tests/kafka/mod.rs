//! A broker and settlement programs, for the tests.

pub mod broker;
pub mod program;

use std::time::Duration;

/// How long anything may take. A session that has timed out takes six seconds.
pub const PATIENCE: Duration = Duration::from_secs(60);

pub fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Runtime::new().expect("the system gives a runtime")
}
