//! `settlement run` and `settlement reconcile`.

#[cfg(not(feature = "kafka"))]
use std::io;
use std::process::exit;
use std::sync::Arc;

use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::turn::{Turn, follow};
use super::{DIFFERENT, DataArgs, Error, KafkaArgs, OK, Run};
use crate::exits::stop_signal;
use crate::settlement::data::{Data, DataError, Stores, Wanted};
#[cfg(feature = "kafka")]
use crate::settlement::keep::OnKafka;
use crate::settlement::keep::{Embedded, Keep};
use crate::settlement::log::EventLog;
#[cfg(feature = "kafka")]
use crate::settlement::log::kafka::Cluster;
use crate::settlement::metrics::Metrics;
use crate::settlement::reconcile::{self, Report};
use crate::settlement::relay;
use crate::settlement::repair::{RepairError, repair};
use crate::settlement::retry::Pace;
use crate::settlement::run::{self, Ended, Plan, RunError};
use crate::settlement::views::at_most;
use crate::settlement::watch::{self, Numbers};

/// Events in all, unless the command line says.
const EVENTS: u64 = 20_000;

async fn open<K: Keep>(
    keep: &K,
    data: &Data,
    args: &DataArgs,
    wanted: Wanted,
) -> Result<Stores<K::Log>, DataError> {
    let commands = data.commands(wanted).await?;
    let log = keep.open(data, commands.setup().partitions).await?;
    let views = data.views(at_most(args.limit)).await?;
    Ok(Stores {
        commands,
        log,
        views,
    })
}

/// Says what the last program did not finish, once it is sure that the log has all that it has
/// acknowledged. Nobody can be that sure of the commands: nothing else has them.
async fn say_torn<L: EventLog>(
    stores: &Stores<L>,
    torn: &[(&'static str, u64)],
) -> Result<(), RunError> {
    relay::check(&stores.commands, &stores.log).await?;
    for (name, bytes) in torn {
        let lost = match *name {
            "log.db" => "nothing acknowledged was in them",
            "views.db" => "the log has what they would apply",
            _ => "a crash leaves no trade in them, but if the file was cut, restore a backup",
        };
        eprintln!(
            "{name}: the last run ended within a transaction; its {bytes} bytes are undone, {lost}"
        );
    }
    Ok(())
}

pub async fn run(args: Run) -> Result<u8, Error> {
    match on_kafka(&args.kafka)? {
        None => run_on(Embedded, args).await,
        Some(keep) => run_on(keep, args).await,
    }
}

pub async fn reconcile(data: DataArgs, kafka: KafkaArgs, with_repair: bool) -> Result<u8, Error> {
    match on_kafka(&kafka)? {
        None => reconcile_on(Embedded, data, with_repair).await,
        Some(keep) => reconcile_on(keep, data, with_repair).await,
    }
}

#[cfg(feature = "kafka")]
fn on_kafka(args: &KafkaArgs) -> Result<Option<OnKafka>, Error> {
    let Some(brokers) = &args.kafka else {
        return Ok(None);
    };
    let topic = args.topic.clone().unwrap_or_default();
    let cluster = Cluster {
        session: args.session,
        ..Cluster::new(brokers, topic)
    };
    Ok(Some(OnKafka { cluster }))
}

/// Without the feature, nothing is on Kafka.
#[cfg(not(feature = "kafka"))]
fn on_kafka(args: &KafkaArgs) -> Result<Option<Embedded>, Error> {
    if args.kafka.is_none() {
        return Ok(None);
    }
    Err(Error::Io {
        what: "--kafka".into(),
        source: io::Error::other(
            "this program was built without it; \
             cargo run -p companion --features kafka --bin settlement -- --kafka HOST:PORT \
             builds it with it, and needs gcc and make",
        ),
    })
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
    let stores = open(&keep, &data, &args.data, args.wanted()).await?;
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
            (events, _) => Some(events.unwrap_or(EVENTS).div_ceil(2)),
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

async fn finished<L: EventLog>(stores: &Stores<L>) -> Result<u8, Error> {
    let Stores {
        commands,
        log,
        views,
    } = stores;
    Ok(tell(&reconcile::reconcile(commands, log, views).await?))
}

fn tell(report: &Report) -> u8 {
    println!("{report}");
    if report.is_balanced() { OK } else { DIFFERENT }
}

async fn reconcile_on<K: Keep>(keep: K, args: DataArgs, with_repair: bool) -> Result<u8, Error> {
    let data = Data::new(&args.data);
    data.exists()?;
    let _lock = data.lock()?;
    let torn = data.torn()?;
    let stores = if with_repair {
        let repaired = repair(&keep, &data, at_most(args.limit), |done| println!("{done}"));
        repaired.await?
    } else {
        open(&keep, &data, &args, Wanted::default()).await?
    };
    let code = async {
        say_torn(&stores, &torn).await?;
        keep.verify(&stores.log).await.map_err(RunError::Log)?;
        finished(&stores).await
    };
    let code = code.await;
    stores.close().await.map_err(RunError::Log)?;
    code
}

/// The first signal stops the run in order, the second one ends the process at once.
// ANCHOR: signals
fn signals(stop: &CancellationToken) -> Result<(), Error> {
    let failed = |source| Error::Io {
        what: "no signal handler".into(),
        source,
    };
    let first = stop_signal().map_err(failed)?;
    let stop = stop.clone();
    tokio::spawn(async move {
        let name = first.await;
        stop.cancel();
        eprintln!("{name}: stopping; once more ends it at once");
        if let Ok(second) = stop_signal() {
            let name = second.await;
            exit(if name == "SIGTERM" { 143 } else { 130 });
        }
    });
    Ok(())
}
// ANCHOR_END: signals

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

impl From<RepairError> for Error {
    fn from(error: RepairError) -> Error {
        match error {
            RepairError::Data(error) => Error::Data(error),
            RepairError::Reconcile(error) => Error::Reconcile(error),
            RepairError::Relay(error) => Error::Run(error.into()),
            RepairError::Apply(error) => Error::Run(RunError::Subscriber(error.into())),
        }
    }
}
