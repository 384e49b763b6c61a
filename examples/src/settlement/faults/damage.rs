//! Damage: a byte of the log is changed, or the file is cut. Either it makes no difference, or it
//! is refused, and repaired on demand. It is never read as if nothing had happened.

use std::fs::{self, OpenOptions};
use std::io;
use std::path::Path;
use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use super::super::data::{Data, DataError, Wanted};
use super::super::event::{LIMIT, Random};
use super::super::keep::{Embedded, Keep};
use super::super::log::LogError;
use super::super::metrics::Metrics;
use super::super::relay::RelayError;
use super::super::repair::repair;
use super::super::retry::{Pace, Retry};
use super::super::run::{Plan, run};
use super::super::views::at_most;
use super::{Failure, Survived, check_all, copy};

const PLAN: Plan = Plan {
    reconcile_every: None,
    trades: Some(400),
    time: None,
    subscribers: 1,
    pace: Pace {
        batch: 64,
        retry: Retry {
            attempts: 3,
            backoff: std::time::Duration::from_millis(1),
            longest: std::time::Duration::from_millis(1),
        },
    },
    stop_within: std::time::Duration::from_secs(30),
};

/// Damages copies of a log so often, in directories inside `dir`: half of them by a cut, half by a
/// changed byte, half in the database, half in its write-ahead log.
///
/// # Errors
///
/// If damage was neither harmless nor refused, or could not be repaired.
pub async fn damage(dir: &Path, seed: u64, times: u32) -> Result<Vec<Survived>, Failure> {
    let whole = dir.join("whole");
    let crashed = dir.join("crashed");
    let data = Data::new(&whole);
    let _lock = data.lock()?;
    let wanted = Wanted {
        seed: Some(seed),
        accounts: Some(20),
        ..Wanted::default()
    };
    let stores = Embedded.stores(&data, wanted, at_most(LIMIT)).await?;
    let (metrics, stop) = (Arc::new(Metrics::default()), CancellationToken::new());
    run(stores.clone(), PLAN, metrics, stop).await?;
    copy(&whole, &crashed)?; // as a kill would leave it: nothing is closed
    stores.close().await?;

    let mut random = Random::new(seed);
    let (mut refused, mut harmless) = (0, 0);
    for n in 0..times {
        let broken = dir.join("broken");
        // The database alone, after a clean end; the write-ahead log, after a crash.
        let (from, file) = match n % 2 {
            0 => (&whole, "log.db"),
            _ => (&crashed, "log.db-wal"),
        };
        copy(from, &broken)?;
        let what = break_it(&broken.join(file), &mut random, n % 4 < 2)?;
        let what = format!("{file}, {what}, seed {seed}, number {n}");
        if survive(&broken, &what).await? {
            harmless += 1;
        } else {
            refused += 1;
        }
        fs::remove_dir_all(&broken)?;
    }
    let survived = |fault, times| Survived {
        fault,
        times,
        events: times * 800,
    };
    Ok(vec![
        survived("damage that is refused and repaired", refused),
        survived("damage that makes no difference", harmless),
    ])
}

fn break_it(file: &Path, random: &mut Random, cut: bool) -> io::Result<String> {
    let mut bytes = fs::read(file)?;
    let length = u32::try_from(bytes.len()).expect("it is small");
    let at = random.below(length);
    if cut {
        let file = OpenOptions::new().write(true).open(file)?;
        file.set_len(at.into())?;
        return Ok(format!("cut at byte {at} of {length}"));
    }
    let bit = random.below(8);
    bytes[at as usize] ^= 1 << bit;
    fs::write(file, bytes)?;
    Ok(format!("bit {bit} of byte {at} changed"))
}

/// Whether the damage makes no difference. If it is refused, it is repaired.
async fn survive(dir: &Path, what: &str) -> Result<bool, Failure> {
    let data = Data::new(dir);
    let used = async {
        let stores = Embedded
            .stores(&data, Wanted::default(), at_most(LIMIT))
            .await?;
        let checked = check_all(&stores, what).await;
        stores.close().await?;
        checked
    };
    match used.await {
        Ok(_) => return Ok(true),
        Err(
            Failure::Data(DataError::Log(LogError::Damaged(_) | LogError::Partitions { .. }))
            | Failure::Log(LogError::Damaged(_))
            | Failure::Relay(RelayError::Log(LogError::Damaged(_))),
        ) => {}
        Err(other) => return Err(Failure::Wrong(format!("{what}: {other}"))),
    }
    let stores = repair(&Embedded, &data, at_most(LIMIT), |_| ()).await?;
    check_all(&stores, what).await?;
    stores.close().await?;
    Ok(false)
}
