//! `settlement run`.

use std::process::exit;
use std::sync::Arc;

use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::kafka::on_kafka;
use super::reconciles::{finished, say_torn};
use super::turn::{Turn, follow};
use super::{Error, OK, Run};
use crate::exits::stop_signal;
use crate::settlement::data::Data;
use crate::settlement::keep::{Embedded, Keep};
use crate::settlement::log::EventLog;
use crate::settlement::metrics::Metrics;
use crate::settlement::retry::Pace;
use crate::settlement::run::{self, Ended, Plan, RunError};
use crate::settlement::views::at_most;
use crate::settlement::watch::{self, Numbers};

/// Events in all, unless the command line says.
const EVENTS: u64 = 20_000;

pub async fn run(args: Run) -> Result<u8, Error> {
    match on_kafka(&args.kafka)? {
        None => run_on(Embedded, args).await,
        Some(keep) => run_on(keep, args).await,
    }
}

async fn run_on<K: Keep>(keep: K, args: Run) -> Result<u8, Error> {
    let data = Data::new(&args.data.data);
    let turn = Turn::take(&data, K::SHARED)?;
    let mut torn = Vec::new();
    if turn.is_first() {
        torn = data.torn()?;
        // Others may be writing to the views.
        torn.retain(|(name, _)| !K::SHARED || *name == "commands.db");
    } else {
        eprintln!(
            "another settlement writes in {}: this one shares its work, and takes over when that \
             one is gone",
            data.dir().display()
        );
    }
    let rule = at_most(args.data.limit);
    let stores = keep.stores(&data, args.wanted(), rule).await?;
    say_torn(&stores, &torn).await?;

    eprintln!("everything is kept in {}", data.dir().display());
    let stop = CancellationToken::new();
    signals(&stop)?;
    let metrics = Arc::new(Metrics::default());
    let numbers = Numbers {
        metrics: metrics.clone(),
        log: stores.log.clone(),
        views: stores.views.clone(),
    };
    let seen = CancellationToken::new();
    let server = match args.metrics {
        Some(address) => Some(serve(address, numbers.clone(), &seen).await?),
        None => None,
    };
    let shown = tokio::spawn(watch::show(numbers, seen.clone()));
    let views = stores.views.clone();
    let followed = K::SHARED.then(|| tokio::spawn(follow(views, seen.clone())));

    let plan = Plan {
        trades: match (args.events, args.time) {
            (None, Some(_)) => None,
            (events, _) => Some(events.unwrap_or(EVENTS) / 2),
        },
        time: args.time,
        subscribers: args.subscribers,
        pace: Pace::default(),
        reconcile_every: Some(args.reconcile_every).filter(|pause| !pause.is_zero()),
        stop_within: args.stop_within,
    };
    let ended = run::run_in_turn(stores.clone(), plan, metrics, turn.comes.clone(), stop).await;
    seen.cancel();
    shown.await.ok();
    if let Some(followed) = followed {
        followed.await.ok();
    }
    if let Some(server) = server {
        server.await.ok();
    }
    let code = match ended {
        Ok(Ended::Finished) => finished(&stores).await,
        Ok(Ended::Stopped) => {
            println!("stopped; run it again, and it goes on here");
            Ok(OK)
        }
        Err(error) => Err(error.into()),
    };
    let closed = timeout(args.stop_within, stores.close()).await;
    let closed = closed.map_err(|_| RunError::Late(args.stop_within));
    let code = code?;
    closed?.map_err(RunError::Log)?;
    Ok(code)
}

/// The first signal stops the run in order, the second one ends the process at once.
fn signals(stop: &CancellationToken) -> Result<(), Error> {
    let failed = |source| Error::Io {
        what: "no signal handler".into(),
        source,
    };
    let first = stop_signal().map_err(failed)?;
    let stop = stop.clone();
    tokio::spawn(async move {
        let name = first.await;
        // Before anybody is told that a second one counts.
        let second = stop_signal();
        stop.cancel();
        eprintln!("{name}: stopping; once more ends it at once");
        if let Ok(second) = second {
            let name = second.await;
            exit(if name == "SIGTERM" { 143 } else { 130 });
        }
    });
    Ok(())
}

async fn serve<L: EventLog>(
    address: std::net::SocketAddr,
    numbers: Numbers<L>,
    stop: &CancellationToken,
) -> Result<JoinHandle<std::io::Result<()>>, Error> {
    let served = watch::serve(address, numbers, stop.clone()).await;
    let (address, server) = served.map_err(|source| Error::Io {
        what: format!("--metrics {address}"),
        source,
    })?;
    eprintln!("metrics on http://{address}/metrics");
    Ok(server)
}
