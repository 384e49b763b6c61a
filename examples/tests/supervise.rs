//! What a supervised worker's panics lead to: restarts that wait longer each time, a stop, an end.

use companion::supervise::{GaveUp, Policy, supervise};
use std::future::{pending, ready};
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;

const POLICY: Policy = Policy {
    restarts: 4,
    backoff: Duration::from_secs(1),
    longest: Duration::from_secs(5),
    healthy: Duration::from_secs(60),
};

fn gave_up(restarts: u32, message: &str) -> Result<(), GaveUp> {
    Err(GaveUp {
        worker: "orders".into(),
        restarts,
        message: message.into(),
    })
}

#[tokio::test(start_paused = true)]
async fn each_restart_waits_longer_up_to_a_limit_and_then_it_gives_up() {
    let begun = Instant::now();
    let starts = Mutex::new(Vec::new());
    let end = supervise("orders", POLICY, CancellationToken::new(), |_| {
        let mut starts = starts.lock().unwrap();
        starts.push(begun.elapsed().as_secs());
        let order = starts.len();
        async move { panic!("order {order} has no price") }
    });
    let end = end.await;
    assert_eq!(end, gave_up(4, "order 5 has no price"));
    assert_eq!(*starts.lock().unwrap(), [0, 1, 3, 7, 12]);
    assert_eq!(
        end.unwrap_err().to_string(),
        "orders gave up after 4 restarts: order 5 has no price"
    );
}

#[tokio::test(start_paused = true)]
async fn many_restarts_never_wait_longer_than_the_limit() {
    let begun = Instant::now();
    let policy = Policy {
        restarts: 40,
        ..POLICY
    };
    let end = supervise("orders", policy, CancellationToken::new(), |_| async {
        panic!("no price")
    });
    assert_eq!(end.await, gave_up(40, "no price"));
    let seconds = 1 + 2 + 4 + 37 * 5;
    assert_eq!(begun.elapsed(), Duration::from_secs(seconds));
}

#[tokio::test(start_paused = true)]
async fn a_worker_that_returns_is_not_restarted() {
    let starts = Arc::new(AtomicU32::new(0));
    let supervised = {
        let starts = starts.clone();
        supervise("orders", POLICY, CancellationToken::new(), move |_| {
            starts.fetch_add(1, Relaxed);
            ready(())
        })
    };
    assert_eq!(tokio::spawn(supervised).await.expect("no panic"), Ok(()));
    assert_eq!(starts.load(Relaxed), 1);
}

#[tokio::test(start_paused = true)]
async fn a_worker_that_ran_long_enough_starts_anew() {
    let mut starts = 0;
    let end = supervise("orders", POLICY, CancellationToken::new(), |_| {
        starts += 1;
        let healthy = starts == 4;
        async move {
            if healthy {
                sleep(POLICY.healthy).await;
            }
            panic!("no price");
        }
    });
    assert_eq!(end.await, gave_up(4, "no price"));
    assert_eq!(starts, 8, "three restarts, a healthy run, four restarts");
}

#[tokio::test(start_paused = true)]
async fn a_stop_waits_until_the_worker_has_returned() {
    let stop = CancellationToken::new();
    let flushed = CancellationToken::new();
    let worker = |stop: CancellationToken| {
        let flushed = flushed.clone();
        async move {
            stop.cancelled().await;
            sleep(Duration::from_secs(9)).await;
            flushed.cancel();
        }
    };
    let supervised = supervise("orders", POLICY, stop.clone(), worker);
    let ((), end) = tokio::join!(async { stop.cancel() }, supervised);
    assert_eq!(end, Ok(()));
    assert!(flushed.is_cancelled());
}

#[tokio::test(start_paused = true)]
async fn a_stop_ends_the_wait_for_a_restart() {
    let begun = Instant::now();
    let stop = CancellationToken::new();
    let mut starts = 0;
    let supervised = supervise("orders", POLICY, stop.clone(), |_| {
        starts += 1;
        async { panic!("no price") }
    });
    let stopper = async {
        sleep(Duration::from_secs(2)).await; // between the second start and the third
        stop.cancel();
    };
    let (end, ()) = tokio::join!(supervised, stopper);
    assert_eq!(end, Ok(()));
    assert_eq!((starts, begun.elapsed().as_secs()), (2, 2));
}

#[tokio::test(start_paused = true)]
async fn a_panic_after_the_stop_is_reported() {
    let stop = CancellationToken::new();
    stop.cancel();
    let end = supervise("orders", POLICY, stop, |_| async { panic!("no price") });
    assert_eq!(end.await, gave_up(0, "no price"));
}

#[tokio::test(start_paused = true)]
async fn a_worker_that_cancels_its_own_token_is_restarted() {
    let stop = CancellationToken::new();
    let end = supervise("orders", POLICY, stop.clone(), |stop| async {
        let _guard = stop.drop_guard();
        panic!("no price")
    });
    assert_eq!(end.await, gave_up(4, "no price"));
    assert!(!stop.is_cancelled());
}

#[tokio::test(start_paused = true)]
async fn dropping_the_supervisor_aborts_the_worker() {
    let ended = CancellationToken::new();
    let start = |_| {
        let ends = ended.clone().drop_guard();
        async move {
            let _ends = ends;
            pending().await
        }
    };
    let supervised = supervise("orders", POLICY, CancellationToken::new(), start);
    let second = Duration::from_secs(1);
    assert!(timeout(second, supervised).await.is_err());
    assert!(timeout(second, ended.cancelled()).await.is_ok());
}
