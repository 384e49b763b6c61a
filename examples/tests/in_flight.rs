//! The gauge after a rush: what counting by hand leaves behind, and a guard does not.

use companion::in_flight::{count_by_guard, count_by_hand, rush};

#[tokio::test(start_paused = true)]
async fn counting_by_hand_keeps_every_client_that_hung_up() {
    assert_eq!(rush(30, count_by_hand).await, 10);
}

#[tokio::test(start_paused = true)]
async fn a_guard_keeps_none() {
    assert_eq!(rush(30, count_by_guard).await, 0);
}
