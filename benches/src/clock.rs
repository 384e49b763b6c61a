//! The clocks: CPU time of the whole process, and wall time.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use cpu_time::ProcessTime;

/// What one round found, by name: nanoseconds or bytes of one operation.
pub type Sample = BTreeMap<&'static str, f64>;

/// Both clocks, running.
pub struct Stopwatch(ProcessTime, Instant);

/// What both clocks said.
#[derive(Clone, Copy, Default)]
pub struct Took {
    cpu: Duration,
    wall: Duration,
}

impl Stopwatch {
    pub fn start() -> Self {
        Self(ProcessTime::now(), Instant::now())
    }

    pub fn stop(self) -> Took {
        Took {
            cpu: self.0.elapsed(),
            wall: self.1.elapsed(),
        }
    }
}

impl Took {
    pub fn each(self, operations: f64) -> Sample {
        let each = |took: Duration| took.as_secs_f64() * 1e9 / operations;
        BTreeMap::from([("cpu", each(self.cpu)), ("wall", each(self.wall))])
    }
}

/// Runs `run(n)` with growing `n` until it lasts long enough; what came before was the warm-up.
pub fn measure(lasts: Duration, mut run: impl FnMut(u64)) -> Sample {
    let mut n = 1;
    loop {
        let clock = Stopwatch::start();
        run(n);
        let took = clock.stop();
        if took.wall >= lasts {
            return took.each(n as f64);
        }
        let missing = lasts.as_secs_f64() / took.wall.as_secs_f64().max(1e-7);
        n = (n as f64 * (missing * 1.2).clamp(1.5, 10.0)).ceil() as u64;
    }
}

/// For what needs a preparation that does not count: `run` times itself. The first is the warm-up.
pub fn measure_parts(lasts: Duration, operations: f64, mut run: impl FnMut() -> Took) -> Sample {
    run();
    let (mut sum, mut runs) = (Took::default(), 0.0);
    while runs < 2.0 || sum.wall < lasts {
        let took = run();
        sum.cpu += took.cpu;
        sum.wall += took.wall;
        runs += 1.0;
    }
    sum.each(runs * operations)
}
