//! Exercise `log-line`, for the page `src/practice/log-line.md`: a request that leaves a sample
//! whichever way it ends. Edit `start.rs`, run
//! `cargo run -q -p companion --bin exercise -- log-line`.

mod solution;
mod start;

use super::paused_runtime;
use std::future::{pending, poll_fn, ready};
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;
use tokio::time::{sleep, timeout};

const SECOND: Duration = Duration::from_secs(1);

/// What was recorded. Clones share one list.
#[derive(Clone, Default)]
pub struct Samples(Arc<Mutex<Vec<String>>>);

impl Samples {
    /// `outcome` is `ok`, `error`, `cancelled` or `panicked`.
    pub fn record(&self, outcome: &'static str, took: Duration) {
        let sample = format!("{outcome} after {} s", took.as_secs());
        self.0.lock().expect("nobody panics").push(sample);
    }

    fn taken(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().expect("nobody panics"))
    }
}

type Answer = Result<u32, &'static str>;

/// The work of a request, and `measure` of it.
type Work = BoxFuture<'static, Answer>;
type Measure = fn(Samples, Work) -> Work;

/// What a request does, the one sample it must leave, and the result it must hand on.
fn requests() -> [(Work, &'static str, Option<Answer>); 4] {
    let pays = async {
        sleep(SECOND).await;
        Ok(7)
    };
    let panics = poll_fn(|_| -> Poll<Answer> { std::panic::resume_unwind(Box::new(())) });
    [
        (pays.boxed(), "ok after 1 s", Some(Ok(7))),
        (
            ready(Err("no funds")).boxed(),
            "error after 0 s",
            Some(Err("no funds")),
        ),
        (pending().boxed(), "cancelled after 5 s", None),
        (panics.boxed(), "panicked after 0 s", None),
    ]
}

/// Says whether each request leaves its sample, and hands on its result. Time is paused.
fn check(measure: Measure) -> Result<(), String> {
    let runtime = paused_runtime();
    runtime.block_on(async {
        let samples = Samples::default();
        for (work, sample, result) in requests() {
            let measured = AssertUnwindSafe(measure(samples.clone(), work)).catch_unwind();
            let cut = timeout(5 * SECOND, measured).await;
            let left = samples.taken();
            if left != [sample] {
                return Err(format!("expected one sample, {sample:?}; found {left:?}"));
            }
            let handed_on = cut.ok().and_then(Result::ok);
            if handed_on != result {
                return Err(format!(
                    "after {sample:?}: expected {result:?}, found {handed_on:?}"
                ));
            }
        }
        Ok(())
    })
}

/// Checks `start.rs`.
pub fn start() -> Result<(), String> {
    check(|samples, work| start::measure(samples, work).boxed())
}

/// Checks `solution.rs`.
pub fn solution() -> Result<(), String> {
    check(|samples, work| solution::measure(samples, work).boxed())
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::time::Instant;

    /// Records on drop what a guard believes that only looks for panics.
    struct OkOrPanicked(Samples, Instant);

    impl Drop for OkOrPanicked {
        fn drop(&mut self) {
            let outcome = if std::thread::panicking() {
                "panicked"
            } else {
                "ok"
            };
            self.0.record(outcome, self.1.elapsed());
        }
    }

    #[test]
    fn the_start_misses_the_cancelled() {
        let wrong = "expected one sample, \"cancelled after 5 s\"; found []";
        assert_eq!(start(), Err(wrong.into()));
    }

    #[test]
    fn every_wrong_answer_is_told_apart() {
        let takes_all_for_ok: Measure = |samples, work| {
            let guard = OkOrPanicked(samples, Instant::now());
            async move {
                let _guard = guard;
                work.await
            }
            .boxed()
        };
        let wrong = "expected one sample, \"error after 0 s\"; found [\"ok after 0 s\"]";
        assert_eq!(check(takes_all_for_ok), Err(wrong.into()));

        let twice: Measure = |samples, work| {
            let guard = OkOrPanicked(samples.clone(), Instant::now());
            async move {
                let _guard = guard;
                let result = work.await;
                samples.record("ok", SECOND);
                result
            }
            .boxed()
        };
        let wrong =
            "expected one sample, \"ok after 1 s\"; found [\"ok after 1 s\", \"ok after 1 s\"]";
        assert_eq!(check(twice), Err(wrong.into()));

        let swallows: Measure = |samples, work| {
            let measured = solution::measure(samples, work);
            async move { Ok(measured.await.unwrap_or_default()) }.boxed()
        };
        let wrong =
            "after \"error after 0 s\": expected Some(Err(\"no funds\")), found Some(Ok(0))";
        assert_eq!(check(swallows), Err(wrong.into()));
    }
}
