//! A test for cancel safety: a future is dropped at each of its awaits, a fresh one for each, and
//! a check looks at what it left behind.
//!
//! [`at_every_await`] drives it, under any runtime or [without one](without_runtime);
//! [`cancel_at`] is the single cut. The page is `src/practice/cancel-safety.md`. Use it in a test
//! of your own:
//!
//! ```
//! use companion::cancel_at::{at_every_await, without_runtime};
//! use tokio::task::yield_now;
//!
//! /// 100 coins in two accounts.
//! async fn transfer(accounts: &mut [u32; 2]) {
//!     accounts[0] -= 10;
//!     yield_now().await; // stands for a call that waits
//!     accounts[1] += 10;
//! }
//!
//! let failure = without_runtime(at_every_await(
//!     || [50, 50],
//!     transfer,
//!     async |accounts, _outcome| match accounts.iter().sum() {
//!         100 => Ok(()),
//!         sum => Err(format!("{sum} coins are left")),
//!     },
//! ));
//! assert_eq!(
//!     failure.unwrap_err().to_string(),
//!     "dropped after poll 1: 90 coins are left"
//! );
//! ```

use std::error::Error;
use std::fmt;
use std::future::poll_fn;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

/// After so many polls [`at_every_await`] gives up: the future does not end.
pub const MOST_POLLS: usize = 1000;

// ANCHOR: cut
/// Where a future is dropped. Polls count from one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// Before its first poll: only its arguments are dropped.
    Unpolled,
    /// As soon as this poll has returned `Pending`.
    Pending(usize),
    /// When it is woken after this poll, before the next: what it
    /// waited for has happened, and it does not know.
    Woken(usize),
}

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
        let polled = work.as_mut().poll(cx);
        if polled.is_pending() && cut == Cut::Pending(polls) {
            return Poll::Ready(None);
        }
        polled.map(Some)
    })
    .await
}
// ANCHOR_END: cut

/// Cancels `work` at every await that it reaches, and checks what is left behind.
///
/// For each cut, `setup` makes a fresh state, `work` starts on it and is dropped there, and
/// `check` gets the state and `None`. When no cut is left, `work` runs to its end and `check` gets
/// its output. The answer is the number of cuts that passed.
///
/// ```
/// use companion::cancel_at::at_every_await;
/// use std::time::Duration;
/// use tokio::{sync::mpsc, time::sleep};
///
/// # #[tokio::main(flavor = "current_thread", start_paused = true)]
/// # async fn main() {
/// let queue = || {
///     let (orders, inbox) = mpsc::channel(1);
///     tokio::spawn(async move {
///         sleep(Duration::from_secs(1)).await;
///         orders.send(7).await
///     });
///     inbox
/// };
/// let cuts = at_every_await(
///     queue,
///     async |inbox| inbox.recv().await,
///     async |mut inbox, received| {
///         let order = match received {
///             Some(order) => order,
///             None => inbox.recv().await, // dropped: is it still there?
///         };
///         order.map(drop).ok_or("the order is lost".into())
///     },
/// );
/// assert_eq!(cuts.await, Ok(3)); // `recv` is cancel safe
/// # }
/// ```
///
/// It tries the path that this `setup` leads to, and two moments at each await. It does not try
/// other paths, nor other interleavings on several threads: use a runtime of one thread, and
/// paused time for timers. An await that is ready at once is no cut; make it wait.
///
/// What `setup` spawns outlives its cut unless the state owns it: share nothing between two states.
/// A `work` that nothing wakes waits here as it would anywhere: put a timeout around the call. If
/// this future is dropped, the `work` of the moment is dropped with it.
///
/// # Errors
/// [`Failure::Broken`] with the cut and what `check` said, at the first that fails;
/// [`Failure::NeverWaits`] if `work` has no await that waited, so that nothing was tested;
/// [`Failure::Endless`] after [`MOST_POLLS`].
pub async fn at_every_await<S, T>(
    mut setup: impl FnMut() -> S,
    mut work: impl AsyncFnMut(&mut S) -> T,
    mut check: impl AsyncFnMut(S, Option<T>) -> Result<(), String>,
) -> Result<usize, Failure> {
    let polls = (1..=MOST_POLLS).flat_map(|n| [Cut::Pending(n), Cut::Woken(n)]);
    for (passed, cut) in [Cut::Unpolled].into_iter().chain(polls).enumerate() {
        let mut state = setup();
        let output = cancel_at(cut, work(&mut state)).await;
        let ended = output.is_some();
        if let Err(why) = check(state, output).await {
            let cut = (!ended).then_some(cut);
            return Err(Failure::Broken { cut, why });
        }
        match passed {
            1 if ended => return Err(Failure::NeverWaits),
            _ if ended => return Ok(passed),
            _ => {}
        }
    }
    Err(Failure::Endless)
}

/// Runs a future on this thread by polling it again and again, without a runtime.
///
/// It has no timers and no I/O, and it spins: for futures that wait for each other, or for
/// [`yield_now`](tokio::task::yield_now). A future that waits for anything else never returns
/// from here.
pub fn without_runtime<F: Future>(work: F) -> F::Output {
    let mut work = pin!(work);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(output) = work.as_mut().poll(&mut context) {
            return output;
        }
    }
}

/// What [`at_every_await`] found.
#[derive(Debug, PartialEq, Eq)]
pub enum Failure {
    /// The check failed after this cut, or, without a cut, after the run to the end.
    Broken { cut: Option<Cut>, why: String },
    /// The future ended with its first poll.
    NeverWaits,
    /// The future was still pending after [`MOST_POLLS`].
    Endless,
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

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Failure::Broken {
                cut: Some(cut),
                why,
            } => write!(f, "{cut}: {why}"),
            Failure::Broken { cut: None, why } => write!(f, "run to its end: {why}"),
            Failure::NeverWaits => write!(f, "it never waits: nothing was tested"),
            Failure::Endless => write!(f, "still pending after {MOST_POLLS} polls"),
        }
    }
}

impl Error for Failure {}

#[cfg(test)]
mod tests;
