//! What an in-flight gauge reads after a rush in which a third of the clients hang up.

use companion::in_flight::{count_by_guard, count_by_hand, rush};

#[tokio::main(flavor = "current_thread", start_paused = true)]
async fn main() {
    println!("300 requests, 100 clients hang up; nothing is in flight");
    println!(
        "counted by hand:    the gauge reads {}",
        rush(300, count_by_hand).await
    );
    println!(
        "counted by a guard: the gauge reads {}",
        rush(300, count_by_guard).await
    );
}
