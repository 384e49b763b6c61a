//! The harness, tested: every cut it makes, and every way it fails.

use super::*;
use std::cell::RefCell;
use std::future::{pending, ready};
use std::time::Duration;
use tokio::sync::oneshot;
use tokio::task::yield_now;
use tokio::time::{sleep, timeout};

fn broken(cut: Option<Cut>, why: &str) -> Result<usize, Failure> {
    let why = why.into();
    Err(Failure::Broken { cut, why })
}

async fn accept<S, T>(_: S, _: Option<T>) -> Result<(), String> {
    Ok(())
}

/// Two awaits; says how far it came when it is dropped or ends.
async fn steps(reached: &mut u32) {
    *reached = 1;
    yield_now().await;
    *reached = 2;
    yield_now().await;
    *reached = 3;
}

#[test]
fn every_await_is_cut_twice_and_the_last_run_is_whole() {
    let seen = RefCell::new(Vec::new());
    let cuts = without_runtime(at_every_await(
        || 0,
        steps,
        async |reached, output| {
            seen.borrow_mut().push((reached, output.is_some()));
            Ok(())
        },
    ));
    assert_eq!(cuts, Ok(5));
    assert_eq!(
        seen.into_inner(),
        [
            (0, false),
            (1, false),
            (1, false),
            (2, false),
            (2, false),
            (3, true)
        ]
    );
}

#[test]
fn the_first_cut_that_breaks_is_named() {
    for (broken_at, cut) in [
        (0, Some(Cut::Unpolled)),
        (1, Some(Cut::Pending(1))),
        (2, Some(Cut::Pending(2))),
        (3, None),
    ] {
        let failure = without_runtime(at_every_await(
            || 0,
            steps,
            async |reached, _| {
                if reached == broken_at {
                    return Err("broken".into());
                }
                Ok(())
            },
        ));
        assert_eq!(failure, broken(cut, "broken"));
    }
}

#[test]
fn work_is_dropped_before_it_is_checked() {
    struct Marks<'a>(&'a mut bool);
    impl Drop for Marks<'_> {
        fn drop(&mut self) {
            *self.0 = true;
        }
    }
    let work = async |dropped: &mut bool| {
        let _marks = Marks(dropped);
        yield_now().await;
    };
    let seen = RefCell::new(Vec::new());
    let cuts = without_runtime(at_every_await(
        || false,
        work,
        async |dropped, _| {
            seen.borrow_mut().push(dropped);
            Ok(())
        },
    ));
    assert_eq!(cuts, Ok(3));
    // Before its first poll it has not made the guard yet.
    assert_eq!(seen.into_inner(), [false, true, true, true]);

    let cut = without_runtime(cancel_at(Cut::Pending(1), pending::<()>()));
    assert_eq!(cut, None);
}

#[test]
fn a_future_that_never_waits_tests_nothing() {
    let ends_at_once = async |(): &mut ()| ready(1).await;
    let found = without_runtime(at_every_await(|| (), ends_at_once, accept));
    assert_eq!(found, Err(Failure::NeverWaits));
}

#[test]
fn a_future_that_does_not_end_is_given_up() {
    let endless = async |(): &mut ()| pending::<()>().await;
    let found = without_runtime(at_every_await(|| (), endless, accept));
    assert_eq!(found, Err(Failure::Endless));
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
    let found = at_every_await(
        setup,
        async |(receipt, _)| receipt.await,
        async |(receipt, sender), output| {
            drop(receipt);
            let sent = sender.await.expect("no panic");
            let received = output.is_some();
            (sent == received)
                .then_some(())
                .ok_or_else(|| "sent, not received".into())
        },
    );
    assert_eq!(
        found.await,
        broken(Some(Cut::Woken(1)), "sent, not received")
    );
}

#[tokio::test(start_paused = true)]
async fn it_waits_for_timers_and_a_future_that_nothing_wakes() {
    let naps = async |(): &mut ()| {
        sleep(Duration::from_secs(1)).await;
        sleep(Duration::from_secs(1)).await;
    };
    assert_eq!(at_every_await(|| (), naps, accept).await, Ok(5));

    let stuck = async |(): &mut ()| pending::<()>().await;
    let found = timeout(Duration::from_secs(1), at_every_await(|| (), stuck, accept));
    assert!(found.await.is_err());
}

#[test]
fn a_failure_says_where() {
    let say = |cut| {
        Failure::Broken {
            cut,
            why: "lost".into(),
        }
        .to_string()
    };
    assert_eq!(
        say(Some(Cut::Unpolled)),
        "dropped before its first poll: lost"
    );
    assert_eq!(say(Some(Cut::Pending(2))), "dropped after poll 2: lost");
    assert_eq!(
        say(Some(Cut::Woken(2))),
        "dropped after poll 2 and its wake: lost"
    );
    assert_eq!(say(None), "run to its end: lost");
    assert_eq!(
        Failure::NeverWaits.to_string(),
        "it never waits: nothing was tested"
    );
    assert_eq!(
        Failure::Endless.to_string(),
        "still pending after 1000 polls"
    );
}
