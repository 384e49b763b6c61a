//! Faults of those who apply: a rule that refuses, members that come and go.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::thread;
use std::time::Duration;

use parking_lot::Mutex;
use tokio::time::sleep;

use super::super::data::Data;
use super::super::event::EventId;
use super::super::keep::{Embedded, Keep};
use super::super::log::{EventLog, Member, Polled};
use super::super::subscriber::GROUP;
use super::super::views::Rule;
use super::scenes::{Scene, finish, survived};
use super::{Failure, Survived};

/// An event in eight is refused twice, then it is applied.
pub async fn refusals(dir: &Path, scene: Scene) -> Result<Survived, Failure> {
    let fault = "an apply that fails and then succeeds";
    let data = Data::new(dir);
    let _lock = data.lock()?;
    let times = Arc::new(AtomicU64::new(0));
    let (count, tries) = (times.clone(), Mutex::new(HashMap::<EventId, u32>::new()));
    let rule: Rule = Arc::new(move |event| {
        let mut tries = tries.lock();
        let tries = tries.entry(event.id()).or_default();
        *tries += 1;
        if event.number % 8 == 0 && *tries <= 2 {
            count.fetch_add(1, Relaxed);
            return Err("the rates are not there".into());
        }
        Ok(())
    });
    let stores = Embedded.stores(&data, scene.wanted(), rule).await?;
    finish(stores.clone(), fault, scene).await?;
    survived(stores, fault, times.load(Relaxed)).await
}

/// Others join the group and leave it again, with a word or without, all the time.
pub async fn rebalances(dir: &Path, scene: Scene) -> Result<Survived, Failure> {
    let fault = "a rebalance in the middle of a batch";
    let data = Data::new(dir);
    let _lock = data.lock()?;
    // Slow, so that a batch is under way when the assignment changes.
    let rule: Rule = Arc::new(|event| {
        if event.number % 16 == 0 {
            thread::sleep(Duration::from_millis(1));
        }
        Ok(())
    });
    let stores = Embedded.stores(&data, scene.wanted(), rule).await?;
    let log = stores.log.clone();
    let times = AtomicU64::new(0);
    let others = async {
        loop {
            sleep(Duration::from_millis(2)).await;
            let mut other = log.join(GROUP).await?;
            while !matches!(other.poll(1).await?, Polled::Assigned(_)) {}
            if times.fetch_add(1, Relaxed).is_multiple_of(2) {
                other.leave().await?;
            }
        }
    };
    tokio::select! {
        done = finish(stores.clone(), fault, scene) => done?,
        failed = others => return failed,
    }
    drop(log);
    survived(stores, fault, times.into_inner()).await
}
