//! `settlement reconcile`, which also ends a run.

use super::kafka::on_kafka;
use super::{DIFFERENT, DataArgs, Error, KafkaArgs, OK};
use crate::settlement::data::{Data, Stores, Wanted};
use crate::settlement::keep::{Embedded, Keep};
use crate::settlement::log::EventLog;
use crate::settlement::reconcile::{self, Report};
use crate::settlement::relay;
use crate::settlement::repair::{RepairError, repair};
use crate::settlement::run::RunError;
use crate::settlement::views::at_most;

pub async fn run(data: DataArgs, kafka: KafkaArgs, with_repair: bool) -> Result<u8, Error> {
    match on_kafka(&kafka)? {
        None => reconcile_on(Embedded, data, with_repair).await,
        Some(keep) => reconcile_on(keep, data, with_repair).await,
    }
}

pub async fn finished<L: EventLog>(stores: &Stores<L>) -> Result<u8, Error> {
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
        let rule = at_most(args.limit);
        keep.stores(&data, Wanted::default(), rule).await?
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

/// Says what the last program did not finish, once it is sure that the log has all that it has
/// acknowledged. Nobody can be that sure of the commands: nothing else has them.
pub async fn say_torn<L: EventLog>(
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
