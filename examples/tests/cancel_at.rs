//! The harness, tested: every cut it makes, and every way it fails.

use companion::cancel_at::{Cut, cancel_at, cancel_at_every_await};
use futures::FutureExt;
use std::cell::RefCell;
use std::future::{pending, ready};
use std::time::Duration;
use tokio::sync::{Mutex, mpsc, oneshot};
use tokio::task::yield_now;
use tokio::time::sleep;

async fn accept<S, T>(_: S, _: Option<T>) -> Result<(), String> {
    Ok(())
}

/// Two awaits; says how far it came when it is dropped or ends.
async fn steps(reached: &mut u32) {
    *reached = 1;
    yield_now().await;
    *reached = 2;
    sleep(Duration::from_secs(1)).await;
    *reached = 3;
}

/// What each run of `work` left of a fresh zero, and whether it ended; with the answer.
async fn runs(work: impl AsyncFnMut(&mut u32)) -> (Vec<(u32, bool)>, Result<usize, String>) {
    let seen = RefCell::new(Vec::new());
    let cuts = cancel_at_every_await(
        || 0,
        work,
        async |reached, output| {
            seen.borrow_mut().push((reached, output.is_some()));
            Ok(())
        },
    );
    let cuts = cuts.await;
    (seen.into_inner(), cuts)
}

#[tokio::test(start_paused = true)]
async fn every_await_is_cut_twice_and_the_last_run_is_whole() {
    let (seen, cuts) = runs(steps).await;
    let cut = [0, 1, 1, 2, 2].map(|reached| (reached, false));
    assert_eq!(seen, [&cut[..], &[(3, true)]].concat());
    assert_eq!(cuts, Ok(5));
}

#[tokio::test(start_paused = true)]
async fn an_await_that_is_ready_at_once_is_cut_too() {
    let work = async |reached: &mut u32| {
        let (send, mut receive) = mpsc::channel(2);
        let till = Mutex::new(());
        send.send(7).await.expect("there is room");
        *reached = 1;
        receive.recv().await.expect("it was sent");
        *reached = 2;
        drop(till.lock().await);
        *reached = 3;
    };
    let (seen, cuts) = runs(work).await;
    let cut = [0, 1, 1, 2, 2].map(|reached| (reached, false));
    assert_eq!(seen, [&cut[..], &[(3, true)]].concat());
    assert_eq!(cuts, Ok(5));
}

/// Without its budget back, the caller's own `recv` would be pending.
#[tokio::test(start_paused = true)]
async fn the_caller_gets_its_budget_back() {
    let (send, mut inbox) = mpsc::channel(3);
    for order in 1..=3 {
        send.try_send(order).expect("there is room");
    }
    let two = async { (inbox.recv().await, inbox.recv().await) };
    assert_eq!(cancel_at(Cut::Pending(1), two).await, None);
    assert_eq!(inbox.recv().now_or_never(), Some(Some(2)));
}

#[tokio::test(start_paused = true)]
async fn the_first_cut_that_breaks_is_named() {
    for (broken_at, why) in [
        (0, "dropped before its first poll: broken"),
        (1, "dropped after poll 1: broken"),
        (2, "dropped after poll 2: broken"),
        (3, "run to its end: broken"),
    ] {
        let failure = cancel_at_every_await(
            || 0,
            steps,
            async |reached, _| {
                if reached == broken_at {
                    return Err("broken".into());
                }
                Ok(())
            },
        );
        assert_eq!(failure.await, Err(why.into()));
    }
}

#[tokio::test(start_paused = true)]
async fn work_is_dropped_before_it_is_checked() {
    struct Marks<'a>(&'a mut u32);
    impl Drop for Marks<'_> {
        fn drop(&mut self) {
            *self.0 = 1;
        }
    }
    let work = async |dropped: &mut u32| {
        let _marks = Marks(dropped);
        yield_now().await;
    };
    // Before its first poll it has not made the guard yet.
    let runs = runs(work).await.0;
    assert_eq!(runs, [(0, false), (1, false), (1, false), (1, true)]);
}

/// The sender sends when the receiver already waits. Who is dropped before the wake lets the
/// sender know; who is dropped after it has lost a value that was sent `Ok`.
#[tokio::test(start_paused = true)]
async fn a_value_that_arrived_is_lost_only_after_the_wake() {
    let setup = || {
        let (reply, receipt) = oneshot::channel();
        let sender = tokio::spawn(async move {
            sleep(Duration::from_secs(1)).await;
            reply.send("paid").is_ok()
        });
        (receipt, sender)
    };
    let found = cancel_at_every_await(
        setup,
        async |(receipt, _)| receipt.await,
        async |(receipt, sender), output| {
            drop(receipt);
            match (sender.await.expect("no panic"), output) {
                (true, None) => Err("sent, not received".into()),
                _ => Ok(()),
            }
        },
    );
    let why = "dropped after poll 1 and its wake: sent, not received";
    assert_eq!(found.await, Err(why.into()));
}

#[tokio::test(start_paused = true)]
async fn a_future_that_never_waits_tests_nothing() {
    let ends_at_once = async |(): &mut ()| ready(1).await;
    let found = cancel_at_every_await(|| (), ends_at_once, accept).await;
    assert_eq!(found, Err("it never waits: nothing was tested".into()));
}

#[tokio::test(start_paused = true)]
async fn a_future_that_does_not_end_is_given_up() {
    let endless = async |(): &mut ()| loop {
        yield_now().await
    };
    let found = cancel_at_every_await(|| (), endless, accept).await;
    assert_eq!(found, Err("still pending after 200 polls".into()));
}

#[tokio::test(start_paused = true)]
async fn a_future_or_a_check_that_nothing_wakes_is_given_up() {
    let stuck = async |(): &mut ()| pending::<()>().await;
    let found = cancel_at_every_await(|| (), stuck, accept).await;
    let why = "not dropped after poll 1 and its wake: nothing wakes it";
    assert_eq!(found, Err(why.into()));

    let found = cancel_at_every_await(|| 0, steps, async |_, _| pending().await);
    let why = "dropped before its first poll: the check waits for ever";
    assert_eq!(found.await, Err(why.into()));
}
