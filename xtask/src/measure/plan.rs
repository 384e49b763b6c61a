//! Which benchmarks there are: for which half, with how many threads. The halves know them by the
//! same names.

use std::fmt;

/// A half of the comparison.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Side {
    Rust,
    Go,
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Side::Rust => "rust",
            Side::Go => "go",
        })
    }
}

/// How many threads the runtime has.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Threads {
    One,
    /// One worker of a multi-thread runtime: what that costs without a second one.
    Worker,
    All,
}

/// A benchmark: one round of it is one child process.
pub struct Job {
    pub side: Side,
    pub name: &'static str,
    threads: Threads,
    cores: usize,
}

impl Job {
    /// What the data file calls it: `rust/spawn/1`, `go/spawn/all`.
    pub fn key(&self) -> String {
        let threads = match self.threads {
            Threads::One => "1",
            Threads::Worker => "worker",
            Threads::All => "all",
        };
        format!("{}/{}/{threads}", self.side, self.name)
    }

    /// What a half takes for the number of its threads.
    pub fn threads(&self) -> usize {
        match self.threads {
            Threads::One => 1,
            Threads::Worker => 0,
            Threads::All => self.cores,
        }
    }
}

const BOTH: &[Side] = &[Side::Rust, Side::Go];
const RUST: &[Side] = &[Side::Rust];
const GO: &[Side] = &[Side::Go];

/// A benchmark of a whole program, on all threads.
pub fn whole(name: &'static str, cores: usize) -> Job {
    Job {
        side: Side::Rust,
        name,
        threads: Threads::All,
        cores,
    }
}

/// Whether it is measured with more threads, too; on which sides; the names.
type Group = (bool, &'static [Side], &'static str);

const GROUPS: [Group; 7] = [
    (
        false,
        BOTH,
        "none direct early-direct nine-direct loop-direct lock-direct buffer-direct file-direct
         catch err-1 panic-1 err-8 panic-8 err-32 panic-32",
    ),
    (
        false,
        GO,
        "defer early-defer nine-defers loop-closure loop-defer loop-defer-captured lock-defer
         buffer-defer file-defer",
    ),
    (
        false,
        RUST,
        "guard scopeguard stack unwind-direct unwind-guard early-guard nine-guards loop-guard
         loop-stack loop-stack-captured lock-guard buffer-guard file-guard catch-none resume-1
         dynamic gauge gauge-label drop-strings select select-biased batch-futures blocking blocking-park
         blocking-ping-pong thread-park-10k thread-park-100k",
    ),
    (
        false,
        BOTH,
        "state-none state-8k state-32k thread thread-ping-pong park-10k park-10k-state park-1m",
    ),
    (
        true,
        BOTH,
        "spawn batch ping-pong reply stream cancel cancel-child park-100k",
    ),
    (true, RUST, "batch-set"),
    (true, GO, "ping-pong-unbuffered"),
];

/// In the order of a round: Rust and Go by turns wherever both have the benchmark.
pub fn jobs(go: bool, cores: usize) -> Vec<Job> {
    let mut jobs = Vec::new();
    for (also_all, sides, names) in GROUPS {
        for name in names.split_whitespace() {
            for threads in [Threads::One, Threads::Worker, Threads::All] {
                for &side in sides {
                    let measured = match threads {
                        Threads::One => true,
                        Threads::Worker => also_all && side == Side::Rust,
                        Threads::All => also_all && cores > 1,
                    };
                    if measured && (go || side == Side::Rust) {
                        jobs.push(Job {
                            side,
                            name,
                            threads,
                            cores,
                        });
                    }
                }
            }
        }
    }
    jobs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_benchmark_is_there_twice() {
        let mut keys: Vec<String> = jobs(true, 2).iter().map(Job::key).collect();
        let all = keys.len();
        keys.sort();
        keys.dedup();
        assert_eq!(keys.len(), all);
    }

    #[test]
    fn the_sides_take_turns() {
        let jobs = jobs(true, 4);
        let at = jobs.iter().position(|job| job.name == "spawn");
        let spawn = &jobs[at.expect("it is measured")..][..5];
        let keys: Vec<String> = spawn.iter().map(Job::key).collect();
        assert_eq!(
            keys,
            [
                "rust/spawn/1",
                "go/spawn/1",
                "rust/spawn/worker",
                "rust/spawn/all",
                "go/spawn/all"
            ]
        );
        let threads: Vec<usize> = spawn.iter().map(Job::threads).collect();
        assert_eq!(threads, [1, 1, 0, 4, 4]);
    }

    #[test]
    fn without_go_or_a_second_core_less_is_measured() {
        assert!(jobs(false, 2).iter().all(|job| job.side == Side::Rust));
        assert!(jobs(true, 1).iter().all(|job| job.threads() < 2));
    }
}
