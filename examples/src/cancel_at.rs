//! A test for cancel safety: it drops a future at each of its awaits, a fresh one for each, and a
//! check of yours looks at what is left.
//!
//! [`cancel_at_every_await`] is the test, [`cancel_at`] a single cut of it. For your own crate,
//! copy this file into its `tests`. It needs Tokio 1.47 or later, with `macros`, `rt`, `time`, and
//! `test-util` for paused time.
//! The page is `src/practice/cancel-safety.md`.
//!
//! ```
//! # use companion::cancel_at::cancel_at_every_await;
//! # use tokio::time::{Duration, sleep};
//! /// 100 coins in two accounts.
//! async fn transfer(accounts: &mut [u32; 2]) {
//!     accounts[0] -= 10;
//!     sleep(Duration::from_secs(1)).await; // the bank
//!     accounts[1] += 10;
//! }
//!
//! # #[tokio::main(flavor = "current_thread", start_paused = true)]
//! # async fn main() {
//! // In a `#[tokio::test(start_paused = true)]`:
//! let cuts = cancel_at_every_await(
//!     || [50, 50],
//!     transfer,
//!     async |accounts, _output| match accounts.iter().sum() {
//!         100 => Ok(()),
//!         sum => Err(format!("{sum} coins are left")),
//!     },
//! )
//! .await;
//! assert_eq!(cuts, Err("dropped after poll 1: 90 coins are left".into()));
//! # }
//! ```

use std::fmt;
use std::future::poll_fn;
use std::iter;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;
use tokio::task::coop;
use tokio::time::sleep;

/// After so many polls [`cancel_at_every_await`] gives up: the future does not end.
pub const MOST_POLLS: usize = 200;

/// So long, on Tokio's clock, may a future or its check wait.
pub const LONGEST_WAIT: Duration = Duration::from_secs(24 * 3600);

/// Where a future is dropped. Polls count from one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// Before its first poll: only its arguments are dropped.
    Unpolled,
    /// As soon as this poll has returned `Pending`.
    Pending(usize),
    /// When it is woken after this poll, before the next: what it waited for has happened, and it
    /// does not know. The loser of a `select!` can end so.
    Woken(usize),
}

// ANCHOR: cut
/// Runs `work` to the cut and drops it there: then it is `None`.
///
/// If this future is dropped, `work` is dropped with it.
pub async fn cancel_at<F>(cut: Cut, work: F) -> Option<F::Output>
where
    F: Future,
{
    let mut work = pin!(work); // dropped when this function ends
    let mut polls = 0;
    poll_fn(|cx| {
        if cut == Cut::Unpolled || cut == Cut::Woken(polls) {
            return Poll::Ready(None);
        }
        polls += 1;
        let budget = leave_one_step();
        let polled = work.as_mut().poll(cx);
        drop(budget); // gives it back
        if polled.is_pending() && cut == Cut::Pending(polls) {
            return Poll::Ready(None);
        }
        polled.map(Some)
    })
    .await
}
// ANCHOR_END: cut

/// Takes all but one step of the task's [budget](coop), and gives it back when the answer is
/// dropped. So a Tokio await that is ready at once waits too, as it does where the budget runs out;
/// only the very first is polled with its step.
///
/// Outside a Tokio task there is no budget, and this does nothing.
fn leave_one_step() -> impl Sized {
    let mut nobody = Context::from_waker(Waker::noop());
    let all = coop::poll_proceed(&mut nobody);
    for _ in 0..=u8::MAX {
        match coop::poll_proceed(&mut nobody) {
            Poll::Ready(step) if coop::has_budget_remaining() => step.made_progress(),
            _last => break, // dropped, so it is left
        }
    }
    all
}

/// Cancels `work` at every await that it reaches, and checks what it leaves behind.
///
/// For each cut, `setup` makes a fresh state, `work` starts on it and is dropped there, and
/// `check` gets the state and `None`. When no cut is left, `work` runs to its end and `check` gets
/// its output. The answer is the number of cuts that passed: one before the first poll, and two
/// for each await that waited.
///
/// Use a runtime of one thread and, for timers, paused time. It tries the path that this `setup`
/// leads to, and no other. An await on a Tokio channel, lock, task, timer or I/O is cut even if it
/// is ready at once, except the very first. Any other, `Notify` too, is cut if it waits: make it.
/// What `setup` spawns outlives its cut unless the state owns it: share nothing between two states.
/// If this future is dropped, the `work` of the moment is dropped with it.
///
/// # Errors
/// The cut and what `check` said, at the first that fails. Also if `work` never waits, so that
/// nothing was tested; if it or `check` still waits after [`LONGEST_WAIT`]; if it is pending after
/// [`MOST_POLLS`].
///
/// # Panics
/// Without a Tokio runtime that has timers.
pub async fn cancel_at_every_await<S, T>(
    mut setup: impl FnMut() -> S,
    mut work: impl AsyncFnMut(&mut S) -> T,
    mut check: impl AsyncFnMut(S, Option<T>) -> Result<(), String>,
) -> Result<usize, String> {
    let polls = (1..=MOST_POLLS).flat_map(|n| [Cut::Pending(n), Cut::Woken(n)]);
    for (passed, cut) in iter::once(Cut::Unpolled).chain(polls).enumerate() {
        let mut state = setup();
        let output = in_time(cancel_at(cut, work(&mut state)))
            .await
            .ok_or_else(|| format!("not {cut}: nothing wakes it"))?;
        let ended = output.is_some();
        let run = if ended {
            "run to its end"
        } else {
            &cut.to_string()
        };
        in_time(check(state, output))
            .await
            .unwrap_or_else(|| Err("the check waits for ever".into()))
            .map_err(|why| format!("{run}: {why}"))?;
        match passed {
            1 if ended => return Err("it never waits: nothing was tested".into()),
            _ if ended => return Ok(passed),
            _ => {}
        }
    }
    Err(format!("still pending after {MOST_POLLS} polls"))
}

/// `None` after [`LONGEST_WAIT`]. Not `timeout`, which polls its future once more at the end: that
/// would be taken for a wake.
async fn in_time<F: Future>(work: F) -> Option<F::Output> {
    tokio::select! {
        biased;
        () = sleep(LONGEST_WAIT) => None,
        output = work => Some(output),
    }
}

impl fmt::Display for Cut {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Cut::Unpolled => write!(f, "dropped before its first poll"),
            Cut::Pending(n) => write!(f, "dropped after poll {n}"),
            Cut::Woken(n) => write!(f, "dropped after poll {n} and its wake"),
        }
    }
}
