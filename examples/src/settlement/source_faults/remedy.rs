//! The same stream and the same troubles, through this program's subscriber.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::super::faults::layer::{Chances, Faulty};
use super::super::log::{EventLog, LogError};
use super::super::metrics::Metrics;
use super::super::retry::Pace;
use super::super::run::{RunError, caught_up};
use super::super::subscriber::subscribe;
use super::super::views::Rule;
use super::{Error, Fault, Outcome};

/// A life takes milliseconds. After so long it hangs.
const PATIENCE: Duration = Duration::from_secs(60);

pub async fn run(fault: &Fault, dir: &Path) -> Result<Outcome, Error> {
    let seen = Arc::new(Mutex::new(Outcome::default()));
    let rule = rule(fault, seen.clone());
    let stores = fault.open(dir, rule).await?;
    // As many commits fail as there are, if one should.
    let commit_fails = if fault.troubles.commits > 0 { 100 } else { 0 };
    let chances = Chances {
        commit_fails,
        ..Chances::default()
    };
    let log = Faulty::new(stores.log.clone(), chances, 1);
    let ends = stores.log.ends().await?;

    for life in 0..=u32::from(fault.restarts) {
        let (metrics, stop) = (Metrics::default(), CancellationToken::new());
        let views = stores.views.clone();
        let subscriber = subscribe(&log, views.clone(), Pace::default(), &metrics, &stop);
        let applied = async {
            caught_up(&views, &ends).await;
            if fault.troubles.dies_after == 0 || life > 0 {
                stop.cancel();
                std::future::pending::<()>().await;
            }
        };
        let life = async {
            tokio::select! {
                ended = subscriber => ended.map_err(RunError::from),
                // The process dies: the subscriber is dropped, and commits nothing.
                () = applied => Ok(()),
            }
        };
        let ended = timeout(PATIENCE, life).await;
        ended.map_err(|_| Error::Wrong(format!("no end after {PATIENCE:?}")))??;
    }
    let mut outcome = seen.lock().clone();
    let snapshot = stores.views.snapshot().await.map_err(LogError::from)?;
    outcome.letters = snapshot.letters.len();
    outcome.records = ends[&0];
    outcome.position = snapshot.positions[&0];
    drop(log);
    stores.close().await?;
    Ok(outcome)
}

/// Fails as the troubles say, and notes what passes.
fn rule(fault: &Fault, seen: Arc<Mutex<Outcome>>) -> Rule {
    let (number, times) = fault.troubles.apply;
    let left = Mutex::new(times);
    Arc::new(move |event| {
        let mut seen = seen.lock();
        seen.applies += 1;
        let mut left = left.lock();
        if event.number == number && *left > 0 {
            *left -= 1;
            return Err("there is no rate yet".into());
        }
        seen.applied.push(event.gain());
        Ok(())
    })
}
