//! Memory of one that waits: a task, a thread, a job of the blocking pool. Linux only: it reads
//! `/proc`. `go/parked.go` is the counterpart.

use std::fmt;
use std::fs;
use std::hint::black_box;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Barrier};
use std::thread;

use anyhow::{Context, Error, Result, bail};
use tokio::task::yield_now;
use tokio_util::sync::CancellationToken;

use crate::Round;
use crate::clock::{Sample, Stopwatch, Took};

/// Why this machine cannot run the benchmark.
#[derive(Debug)]
pub struct NotHere(String);

impl fmt::Display for NotHere {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for NotHere {}

/// `park-10k` are 10,000 tasks; `-state` means that each holds 8 KiB across its await.
pub fn measure(name: &str, round: &Round) -> Result<Option<Sample>> {
    let sample = match name {
        "park-10k" => tasks::<0>(round, 10_000),
        "park-100k" => tasks::<0>(round, 100_000),
        "park-1m" => tasks::<0>(round, 1_000_000),
        "park-10k-state" => tasks::<8192>(round, 10_000),
        "thread-park-10k" => threads(10_000),
        "thread-park-100k" => threads(100_000),
        "blocking-park" => jobs(round, 1900),
        _ => return Ok(None),
    };
    sample.map(Some)
}

/// Parks `n` tasks on a token, then ends them.
fn tasks<const N: usize>(round: &Round, n: usize) -> Result<Sample> {
    let (runtime, memory) = (round.runtime()?, Memory::now()?);
    let (stop, started) = (CancellationToken::new(), Arc::new(AtomicUsize::new(0)));
    runtime.block_on(async {
        let clock = Stopwatch::start();
        for _ in 0..n {
            let (stop, started) = (stop.clone(), started.clone());
            let task = tokio::spawn(async move {
                let state = [1_u8; N];
                black_box(&state);
                started.fetch_add(1, Relaxed);
                stop.cancelled().await;
                black_box(&state);
            });
            drop(task);
        }
        while started.load(Relaxed) < n {
            yield_now().await;
        }
        let (took, parked) = (clock.stop(), Memory::now()?);
        stop.cancel();
        while runtime.metrics().num_alive_tasks() > 0 {
            yield_now().await;
        }
        memory.each(n, took, parked)
    })
}

/// Parks `n` threads at a barrier, then ends them.
fn threads(n: usize) -> Result<Sample> {
    let maps = fs::read_to_string("/proc/sys/vm/max_map_count").context("needs Linux")?;
    let maps: usize = maps.trim().parse()?;
    // A stack and a signal stack, each with its guard page.
    if 4 * n > maps {
        bail!(NotHere(format!(
            "{n} threads need {} memory maps; vm.max_map_count allows {maps}",
            4 * n
        )));
    }
    let memory = Memory::now()?;
    let (parked, stop) = (Arc::new(Barrier::new(n + 1)), Arc::new(Barrier::new(n + 1)));
    let clock = Stopwatch::start();
    let mut threads = Vec::with_capacity(n);
    for started in 0..n {
        let (parked, stop) = (parked.clone(), stop.clone());
        let thread = thread::Builder::new().spawn(move || {
            parked.wait();
            stop.wait();
        });
        let refused = |error| NotHere(format!("no more than {started} threads: {error}"));
        threads.push(thread.map_err(refused)?);
    }
    parked.wait();
    let (took, parked) = (clock.stop(), Memory::now()?);
    stop.wait();
    for thread in threads {
        thread.join().map_err(|_| Error::msg("a thread panicked"))?;
    }
    memory.each(n, took, parked)
}

/// Parks `n` jobs of the blocking pool, then ends them; their threads stay for a while.
fn jobs(round: &Round, n: usize) -> Result<Sample> {
    let (runtime, memory) = (round.runtime()?, Memory::now()?);
    let (parked, stop) = (Arc::new(Barrier::new(n + 1)), Arc::new(Barrier::new(n + 1)));
    let clock = Stopwatch::start();
    let mut jobs = Vec::with_capacity(n);
    for _ in 0..n {
        let (parked, stop) = (parked.clone(), stop.clone());
        jobs.push(runtime.spawn_blocking(move || {
            parked.wait();
            stop.wait();
        }));
    }
    parked.wait();
    let (took, parked) = (clock.stop(), Memory::now()?);
    stop.wait();
    for job in jobs {
        runtime.block_on(job)?;
    }
    memory.each(n, took, parked)
}

/// A number of bytes that the system knows of this process, by its name.
pub fn status(name: &str) -> Result<f64> {
    let status = fs::read_to_string("/proc/self/status")
        .map_err(|_| NotHere("memory is read from /proc, which only Linux has".into()))?;
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    let kilobytes = line.and_then(|line| line.strip_suffix(" kB"));
    let kilobytes = kilobytes.context("/proc/self/status")?;
    Ok(1024.0 * kilobytes.trim().parse::<f64>()?)
}

/// Bytes of the process.
struct Memory {
    reserved: f64,
    resident: f64,
}

impl Memory {
    fn now() -> Result<Self> {
        Ok(Self {
            reserved: status("VmSize:")?,
            resident: status("VmRSS:")?,
        })
    }

    /// What each of `n` took since `self`: while parked, and what is left now that all have ended.
    fn each(&self, n: usize, took: Took, parked: Memory) -> Result<Sample> {
        let (n, kept) = (n as f64, Memory::now()?);
        let mut sample = took.each(n);
        sample.insert("resident", (parked.resident - self.resident) / n);
        sample.insert("reserved", (parked.reserved - self.reserved) / n);
        sample.insert("kept", (kept.resident - self.resident) / n);
        Ok(sample)
    }
}
