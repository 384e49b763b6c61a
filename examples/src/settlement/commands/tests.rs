//! A command and its events are together, once.

use super::*;

const SETUP: Setup = Setup {
    seed: 7,
    accounts: 10,
    partitions: 2,
    poison: 0,
};

fn open(dir: &tempfile::TempDir) -> Commands {
    let place = Place::new(dir.path().join("commands.db"));
    Commands::open(&place, SETUP).expect("it opens")
}

#[tokio::test]
async fn a_trade_that_is_submitted_again_is_one_trade() {
    let dir = tempfile::tempdir().expect("a directory");
    let commands = open(&dir);
    let trades: Vec<_> = (1..=3).map(|id| SETUP.trade(id)).collect();
    commands
        .submit(trades[..2].to_vec())
        .await
        .expect("it stores");
    commands.submit(trades).await.expect("it stores");
    let progress = *commands.progress().borrow();
    assert_eq!((progress.trades, progress.written), (3, 6));
    let sum = commands.fold(0, |sum, _, gain, _| *sum += gain).await;
    assert_eq!(sum.expect("it reads"), 0, "double entry");
}

#[tokio::test]
async fn what_was_not_acknowledged_is_published_again() {
    let dir = tempfile::tempdir().expect("a directory");
    let commands = open(&dir);
    let trades = (1..=3).map(|id| SETUP.trade(id)).collect();
    commands.submit(trades).await.expect("it stores");
    let first = commands
        .unpublished(4)
        .await
        .expect("it reads")
        .expect("there are 6");
    assert_eq!((first.0, first.1.len()), (4, 4));
    let again = commands
        .unpublished(4)
        .await
        .expect("it reads")
        .expect("there are 6");
    assert_eq!(first, again, "until it is acknowledged");
    commands
        .published(4, [(0, 2), (1, 2)].into())
        .await
        .expect("it stores");
    commands.close().await;

    let commands = open(&dir);
    let rest = commands
        .unpublished(4)
        .await
        .expect("it reads")
        .expect("there are 2");
    assert_eq!((rest.0, rest.1.len()), (6, 2));
    let ends = commands.acknowledged().await.expect("it reads");
    assert_eq!(ends, [(0, 2), (1, 2)].into());
}
