//! One round of one measurement, in a process of its own: what ran before it has touched memory.

use std::{fs, thread};

use tokio::runtime::Builder;

use super::threads::{Job, Join};
use super::{Error, tasks, threads};

/// Runs the round that `unit` and `metric` name, and prints its numbers.
///
/// # Errors
///
/// If there is no such round, no runtime, or no `/proc`.
///
/// # Panics
///
/// If the system refuses a thread.
pub fn run(unit: &str, metric: &str) -> Result<(), Error> {
    let workers = if unit == "task-2" { 2 } else { 1 };
    let runtime = match unit {
        "task-2" => Builder::new_multi_thread().worker_threads(2).build()?,
        _ => Builder::new_current_thread()
            .max_blocking_threads(2000)
            .build()?,
    };
    let pool = |job: Job| -> Join {
        let job = runtime.spawn_blocking(job);
        Box::new(|| runtime.block_on(job).expect("it does not panic"))
    };
    let new = |job: Job| -> Join {
        let thread = thread::spawn(job);
        Box::new(|| thread.join().expect("it does not panic"))
    };
    match (unit, metric) {
        ("task" | "task-2", "start") => cpu(2_000_000 / workers, |n| tasks::start(&runtime, n)),
        ("task" | "task-2", "parked") => tasks::park(&runtime, 100_000),
        ("task" | "task-2", "trip") => cpu(1_000_000, |n| tasks::trip(&runtime, n)),
        ("blocking", "start") => cpu(50_000, |n| tasks::start_blocking(&runtime, n)),
        ("blocking", "parked") => threads::park(pool, 1900),
        ("blocking", "trip") => cpu(50_000, |n| threads::trip(pool, n)),
        ("thread", "start") => cpu(20_000, |n| threads::start(new, n)),
        ("thread", "parked") => threads::park(new, 1900),
        ("thread", "trip") => cpu(50_000, |n| threads::trip(new, n)),
        _ => Err(format!("there is no round {unit:?} {metric:?}").into()),
    }
}

/// Prints the CPU time of one of `n`, in nanoseconds. A first, shorter run warms up.
fn cpu(n: usize, run: impl Fn(usize)) -> Result<(), Error> {
    run(n / 10);
    let before = cpu_now()?;
    run(n);
    println!("{}", (cpu_now()? - before) / n as f64);
    Ok(())
}

/// Prints bytes for one of `n`: resident while parked, still resident after the end, reserved.
pub fn print_memory(n: usize, before: [f64; 2], parked: [f64; 2]) -> Result<(), Error> {
    let kept = memory()?;
    let each = |bytes: f64| bytes / n as f64;
    let [resident, kept, reserved] = [
        parked[1] - before[1],
        kept[1] - before[1],
        parked[0] - before[0],
    ]
    .map(each);
    println!("{resident} {kept} {reserved}");
    Ok(())
}

/// CPU time of the process so far, user and system, in nanoseconds. The kernel gives hundredths of
/// a second.
fn cpu_now() -> Result<f64, Error> {
    let stat = fs::read_to_string("/proc/self/stat")?;
    let (_, fields) = stat.rsplit_once(')').ok_or("no name in /proc/self/stat")?;
    let ticks = fields.split_whitespace().skip(11).take(2);
    let ticks: Result<Vec<f64>, _> = ticks.map(str::parse).collect();
    Ok(ticks?.iter().sum::<f64>() * 1e7)
}

/// Bytes of memory: reserved, and resident. It takes a page for 4 KiB, as on x86-64.
pub fn memory() -> Result<[f64; 2], Error> {
    let statm = fs::read_to_string("/proc/self/statm")?;
    let mut pages = statm.split_whitespace().map(|pages| pages.parse::<f64>());
    let mut next = || pages.next().ok_or("too little in /proc/self/statm");
    Ok([next()?? * 4096.0, next()?? * 4096.0])
}
