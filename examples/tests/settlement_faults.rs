//! Nothing is lost and nothing is applied twice, whatever happens. `cargo xtask faults` does more
//! of the same.

use std::path::Path;

use companion::settlement::faults::{Survived, damage, kill, scenes};

const SEED: u64 = 7;

fn times(survived: &[Survived]) -> u64 {
    survived.iter().map(|survived| survived.times).sum()
}

#[tokio::test]
async fn a_process_that_is_killed_loses_nothing() {
    let dir = tempfile::tempdir().expect("a directory");
    let program = Path::new(env!("CARGO_BIN_EXE_settlement"));
    let survived = kill::kill(program, dir.path(), SEED, 10, |_| ()).await;
    let survived = survived.unwrap_or_else(|failure| panic!("seed {SEED}: {failure}"));
    assert_eq!(survived[0].times, 10);
    assert!(survived[0].events > 0, "no process came so far as to write");
}

#[tokio::test]
async fn what_goes_wrong_in_a_process_loses_nothing() {
    let dir = tempfile::tempdir().expect("a directory");
    let scene = scenes::Scene {
        seed: SEED,
        trades: 600,
    };
    let survived = scenes::all(dir.path(), scene).await;
    let survived = survived.unwrap_or_else(|failure| panic!("seed {SEED}: {failure}"));
    assert!(survived.iter().all(|fault| fault.times > 0), "{survived:?}");
}

#[tokio::test]
async fn a_damaged_log_is_refused_and_repaired() {
    let dir = tempfile::tempdir().expect("a directory");
    let survived = damage::damage(dir.path(), SEED, 16).await;
    let survived = survived.unwrap_or_else(|failure| panic!("seed {SEED}: {failure}"));
    assert_eq!(times(&survived), 16);
}
