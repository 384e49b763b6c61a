//! The settlement as a whole: its flow, how long a command takes to be seen, catching up.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use companion::settlement::data::{Data, Stores, Wanted};
use companion::settlement::event::{LIMIT, Trade};
use companion::settlement::log::embedded::EmbeddedLog;
use companion::settlement::log::{EventLog, Positions};
use companion::settlement::metrics::Metrics;
use companion::settlement::relay::relay;
use companion::settlement::retry::Pace;
use companion::settlement::run::{Plan, run};
use companion::settlement::subscriber::subscribe;
use companion::settlement::views::{Views, at_most};
use hdrhistogram::Histogram;
use tokio::sync::mpsc;
use tokio::time::interval;
use tokio_util::sync::CancellationToken;

use super::{ACCOUNTS, BATCH, EACH, PARTITIONS, directory, events, open_log, parts};
use crate::Round;
use crate::clock::{Sample, Stopwatch};
use crate::parked::status;
use crate::tasks::on;

/// Between two submissions of trades.
const TICK: Duration = Duration::from_millis(10);

async fn open(data: Data) -> Result<Stores<EmbeddedLog>> {
    let wanted = Wanted {
        accounts: Some(ACCOUNTS),
        partitions: Some(PARTITIONS),
        ..Wanted::default()
    };
    Ok(Stores {
        commands: data.commands(wanted).await?,
        log: open_log(data.clone()).await?,
        views: data.views(at_most(LIMIT)).await?,
    })
}

/// Commands, log and views together, as `settlement run` does it.
pub fn flow(round: &Round) -> Result<Sample> {
    let (runtime, dir) = (round.runtime()?, directory()?);
    let stores = on(&runtime, open(Data::new(dir.path())))?;
    let (mut trades, each) = (0, BATCH * EACH / 2);
    Ok(parts(round, 2 * each, || {
        trades += each as u64;
        let plan = Plan {
            trades: Some(trades),
            ..Plan::default()
        };
        let all = run(
            stores.clone(),
            plan,
            Arc::default(),
            CancellationToken::new(),
        );
        on(&runtime, all)?;
        Ok(())
    }))
}

/// From a trade's submission until the views have both of its events: so many trades each
/// [`TICK`], whether the ones before have been seen or not.
pub fn latency(round: &Round, trades: u64) -> Result<Sample> {
    let (runtime, dir) = (round.runtime()?, directory()?);
    // The 99th percentile wants many.
    let ticks = (5 * round.lasts).as_millis() / TICK.as_millis();
    let work = watched(Data::new(dir.path()), trades, ticks as u64);
    let times = on(&runtime, work)?;
    let at = |quantile| times.value_at_quantile(quantile) as f64;
    Ok([("p50", at(0.5)), ("p99", at(0.99))].into())
}

async fn watched(data: Data, trades: u64, ticks: u64) -> Result<Histogram<u64>> {
    let stores = open(data).await?;
    let stop = CancellationToken::new();
    let (commands, log, end) = (stores.commands.clone(), stores.log.clone(), stop.clone());
    let published = tokio::spawn(async move {
        let metrics = Metrics::default();
        relay(&commands, &log, Pace::default(), &metrics, &end, &end).await
    });
    let applied = subscriber(&stores.log, &stores.views, &stop);

    let (submitted, mut waiting) = mpsc::channel::<(Instant, Positions)>(ticks as usize);
    let views = stores.views.clone();
    let seen = tokio::spawn(async move {
        let mut times = Histogram::<u64>::new(3)?;
        while let Some((start, ends)) = waiting.recv().await {
            passed(&views, &ends).await?;
            times.record_n(start.elapsed().as_nanos() as u64, trades)?;
        }
        anyhow::Ok(times)
    });

    let (setup, mut ends) = (stores.commands.setup(), Positions::new());
    let mut clock = interval(TICK);
    for tick in 0..ticks {
        let ready = Instant::now();
        let due = clock.tick().await.into_std();
        // The timer wakes up to a millisecond late; the store that keeps us waiting counts.
        let start = if ready > due { due } else { Instant::now() };
        let ids = 1 + tick * trades..=(tick + 1) * trades;
        let batch: Vec<Trade> = ids.map(|id| setup.trade(id)).collect();
        for (account, _) in batch.iter().flat_map(Trade::sides) {
            *ends.entry(account % PARTITIONS).or_default() += 1;
        }
        stores.commands.submit(batch).await?;
        submitted.send((start, ends.clone())).await?;
    }
    drop(submitted);
    let times = seen.await??;
    stop.cancel();
    published.await??;
    applied.await??;
    stores.close().await?;
    Ok(times)
}

fn subscriber(
    log: &EmbeddedLog,
    views: &Views,
    stop: &CancellationToken,
) -> tokio::task::JoinHandle<Result<()>> {
    let (log, views, stop) = (log.clone(), views.clone(), stop.clone());
    tokio::spawn(async move {
        let metrics = Metrics::default();
        Ok(subscribe(&log, views, Pace::default(), &metrics, &stop).await?)
    })
}

/// Waits until the views have passed everything below `ends`.
async fn passed(views: &Views, ends: &Positions) -> Result<()> {
    let passed = |now: &Positions| ends.iter().all(|(part, end)| now.get(part) >= Some(end));
    views.positions().wait_for(passed).await?;
    Ok(())
}

/// A subscriber with empty views, and a log of so many events; the first round makes it.
pub fn catch_up(name: &str, round: &Round, count: usize) -> Result<Sample> {
    // Only Linux has it: elsewhere this says so before the work.
    status("VmHWM:")?;
    let (runtime, dir) = (round.runtime()?, directory()?);
    let (from, to) = (Data::new(name), Data::new(dir.path()));
    if !Path::new(name).exists() {
        fs::create_dir(name)?;
        on(&runtime, fill(from.clone(), count))?;
    }
    // The peak of memory begins here; what the allocator has kept stays in it.
    fs::write("/proc/self/clear_refs", "5")?;
    let took = on(&runtime, async move {
        let log = open_log(from).await?;
        let views = to.views(at_most(LIMIT)).await?;
        let (ends, stop) = (log.ends().await?, CancellationToken::new());
        let has = ends.values().sum::<u64>();
        ensure!(has == count as u64, "the log has {has} events, not {count}");
        let clock = Stopwatch::start();
        let applied = subscriber(&log, &views, &stop);
        passed(&views, &ends).await?;
        let took = clock.stop();
        stop.cancel();
        applied.await??;
        log.close().await?;
        views.close().await;
        Ok(took)
    })?;
    let mut sample = took.each(count as f64);
    sample.insert("peak", status("VmHWM:")?);
    Ok(sample)
}

async fn fill(data: Data, count: usize) -> Result<()> {
    let log = open_log(data).await?;
    let mut events = events().take(count).peekable();
    while events.peek().is_some() {
        log.append(events.by_ref().take(16 * BATCH).collect())
            .await?;
    }
    log.close().await?;
    Ok(())
}
