//! A client that hangs up ends its handler, not the task that the handler has spawned. Page:
//! `src/practice/cancellation.md`.

use companion::disconnect::hang_up;
use std::time::Duration;
use tokio::time::timeout;

/// What happened. Fails after 20 seconds.
async fn events(request: &str) -> Vec<&'static str> {
    let events = timeout(Duration::from_secs(20), hang_up(request)).await;
    events.expect("it ends").expect("there is a connection")
}

#[tokio::test]
async fn a_handler_is_dropped_at_its_await() {
    let expected = ["waits for the bank", "client hangs up", "handler dropped"];
    assert_eq!(events("GET /quote").await, expected);
}

#[tokio::test]
async fn a_spawned_charge_outlives_its_handler() {
    let expected = [
        "waits for the bank",
        "client hangs up",
        "handler dropped",
        "order charged",
    ];
    assert_eq!(events("POST /charge").await, expected);
}
