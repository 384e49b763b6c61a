//! Faults in one process: each is a run in which one kind of thing goes wrong, often.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::super::data::{Data, Stores, Wanted};
use super::super::event::LIMIT;
use super::super::keep::{Embedded, Keep};
use super::super::log::EventLog;
use super::super::log::embedded::EmbeddedLog;
use super::super::metrics::Metrics;
use super::super::retry::{Pace, Retry};
use super::super::run::{Ended, Plan, run};
use super::super::views::at_most;
use super::layer::{Chances, Faulty};
use super::{Failure, Survived, check_all, room, subscribers};

/// How a run goes; how many trades it has is told.
const PLAN: Plan = Plan {
    reconcile_every: Some(Duration::from_millis(5)),
    trades: None,
    time: None,
    subscribers: 2,
    pace: Pace {
        batch: 64,
        retry: Retry {
            attempts: 20,
            backoff: Duration::from_micros(200),
            longest: Duration::from_millis(5),
        },
    },
    stop_within: Duration::from_secs(30),
};

/// How long a run may take before it counts as stuck.
const PATIENCE: Duration = Duration::from_secs(120);

/// What all runs have in common.
#[derive(Clone, Copy, Debug)]
pub struct Scene {
    pub seed: u64,
    /// How many trades a run has: 600 or more, or the disks do not get full.
    pub trades: u64,
}

/// Makes every fault that needs one process alone, in directories inside `dir`.
///
/// # Errors
///
/// If one was not survived; the message says which.
pub async fn all(dir: &Path, scene: Scene) -> Result<Vec<Survived>, Failure> {
    let often = 30;
    let layers = [
        (
            "an append that fails",
            Chances {
                append_fails: often,
                ..Chances::default()
            },
        ),
        (
            "an append whose answer is lost",
            Chances {
                answer_lost: often,
                ..Chances::default()
            },
        ),
        (
            "records delivered again",
            Chances {
                duplicated: often,
                ..Chances::default()
            },
        ),
        (
            "records delivered in another order",
            Chances {
                reordered: often,
                ..Chances::default()
            },
        ),
        (
            "a commit that fails",
            Chances {
                commit_fails: 90,
                ..Chances::default()
            },
        ),
        (
            "a slow consumer",
            Chances {
                slow: often,
                ..Chances::default()
            },
        ),
    ];
    let mut survived = Vec::new();
    for (n, (fault, chances)) in layers.into_iter().enumerate() {
        let dir = dir.join(format!("layer-{n}"));
        survived.push(layer(&dir, scene, fault, chances).await?);
    }
    survived.push(subscribers::refusals(&dir.join("refusals"), scene).await?);
    survived.push(subscribers::rebalances(&dir.join("rebalances"), scene).await?);
    for database in ["commands.db", "log.db", "views.db"] {
        let fault = match database {
            "commands.db" => "no room for the commands",
            "log.db" => "no room for the log",
            _ => "no room for the views",
        };
        survived.push(room::pages(&dir.join(database), scene, fault, database).await?);
    }
    Ok(survived)
}

impl Scene {
    pub(super) fn wanted(self) -> Wanted {
        Wanted {
            seed: Some(self.seed),
            accounts: Some(20),
            ..Wanted::default()
        }
    }
}

/// Runs on a log in which things go wrong.
async fn layer(
    dir: &Path,
    scene: Scene,
    fault: &'static str,
    chances: Chances,
) -> Result<Survived, Failure> {
    let data = Data::new(dir);
    let _lock = data.lock()?;
    let stores = Embedded
        .stores(&data, scene.wanted(), at_most(LIMIT))
        .await?;
    let log = Faulty::new(stores.log.clone(), chances, scene.seed);
    let faulty = Stores {
        commands: stores.commands.clone(),
        log: log.clone(),
        views: stores.views.clone(),
    };
    finish(faulty, fault, scene).await?;
    let times = log.happened();
    drop(log);
    survived(stores, fault, times).await
}

/// Runs to the end.
pub(super) async fn finish<L: EventLog>(
    stores: Stores<L>,
    fault: &str,
    scene: Scene,
) -> Result<(), Failure> {
    let (metrics, stop) = (Arc::new(Metrics::default()), CancellationToken::new());
    let plan = Plan {
        trades: Some(scene.trades),
        ..PLAN
    };
    match timeout(PATIENCE, run(stores, plan, metrics, stop)).await {
        Ok(Ok(Ended::Finished)) => Ok(()),
        Ok(Ok(Ended::Stopped)) => Err(Failure::Wrong(format!("{fault}: nobody stopped it"))),
        Ok(Err(error)) => Err(error.into()),
        Err(_) => Err(Failure::Wrong(format!("{fault}: it does not end"))),
    }
}

/// Checks the books after a fault that happened so often.
pub(super) async fn survived(
    stores: Stores<EmbeddedLog>,
    fault: &'static str,
    times: u64,
) -> Result<Survived, Failure> {
    let report = check_all(&stores, fault).await?;
    stores.close().await?;
    if times == 0 {
        return Err(Failure::Wrong(format!("{fault}: it never happened")));
    }
    Ok(Survived {
        fault,
        times,
        events: report.written,
    })
}
