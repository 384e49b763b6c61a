//! The longer programs of *Defer, Drop, Spawn*, and its exercises.
//!
//! `cargo run -q -p companion --bin NAME` runs a program; its page says what it shows.

pub mod async_cleanup;
pub mod cancel_at;
pub mod disconnect;
pub mod exercises;
pub mod exits;
pub mod in_flight;
pub mod lock_scope;
pub mod outcome;
pub mod settlement;
pub mod shutdown;
pub mod supervise;
pub mod task_cost;
pub mod waiting;
