//! The embedded log keeps the contract.

use std::time::Duration;

use companion::settlement::log::contract::{Maker, hold};
use companion::settlement::log::embedded::EmbeddedLog;
use companion::settlement::store::Place;
use tempfile::TempDir;

struct Embedded(TempDir);

impl Maker for Embedded {
    type Log = EmbeddedLog;

    const PATIENCE: Duration = Duration::from_secs(20);

    async fn open(&self, name: &str, partitions: u32) -> EmbeddedLog {
        let place = Place::new(self.0.path().join(name));
        EmbeddedLog::open(&place, partitions)
            .await
            .expect("it opens")
    }
}

#[tokio::test]
async fn the_embedded_log_keeps_the_contract() {
    let dir = tempfile::tempdir().expect("a directory");
    hold(&Embedded(dir)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn and_on_several_workers() {
    let dir = tempfile::tempdir().expect("a directory");
    hold(&Embedded(dir)).await;
}
