//! The exercises: each a `start.rs` that is wrong and a `solution.rs` that is right, behind the
//! same function, and a check that tells them apart.
//!
//! Try one: edit its `start.rs`, then `cargo run -q -p companion --bin exercise -- NAME`.

pub mod argument_time;
pub mod best_practice;
pub mod cancel_safety;
pub mod cancellation;
pub mod closure_capture;
pub mod consistency;
pub mod cost;
pub mod drop_order;
pub mod exits;
pub mod left_behind;
pub mod listener_faults;
pub mod lock_across_await;
pub mod lock_scope;
pub mod log_line;
pub mod panics;
pub mod return_value;
pub mod scope;
pub mod spawn_from_drop;
pub mod task_cost;
pub mod task_leaks;
pub mod waiting;

use tokio::runtime::{Builder, Runtime};

/// Says what is still wrong, or `Ok`.
pub type Check = fn() -> Result<(), String>;

pub struct Exercise {
    /// As it is given on the command line: the name of its page.
    pub name: &'static str,
    /// The reader's: fails as published.
    pub start: Check,
    pub solution: Check,
}

/// Every exercise, in the order of the pages.
pub const ALL: &[Exercise] = &[
    Exercise {
        name: "scope",
        start: scope::start,
        solution: scope::solution,
    },
    Exercise {
        name: "left-behind",
        start: left_behind::start,
        solution: left_behind::solution,
    },
    Exercise {
        name: "exits",
        start: exits::start,
        solution: exits::solution,
    },
    Exercise {
        name: "best-practice",
        start: best_practice::start,
        solution: best_practice::solution,
    },
    Exercise {
        name: "drop-order",
        start: drop_order::start,
        solution: drop_order::solution,
    },
    Exercise {
        name: "task-cost",
        start: task_cost::start,
        solution: task_cost::solution,
    },
    Exercise {
        name: "return-value",
        start: return_value::start,
        solution: return_value::solution,
    },
    Exercise {
        name: "task-leaks",
        start: task_leaks::start,
        solution: task_leaks::solution,
    },
    Exercise {
        name: "closure-capture",
        start: closure_capture::start,
        solution: closure_capture::solution,
    },
    Exercise {
        name: "spawn-from-drop",
        start: spawn_from_drop::start,
        solution: spawn_from_drop::solution,
    },
    Exercise {
        name: "lock-scope",
        start: lock_scope::start,
        solution: lock_scope::solution,
    },
    Exercise {
        name: "lock-across-await",
        start: lock_across_await::start,
        solution: lock_across_await::solution,
    },
    Exercise {
        name: "argument-time",
        start: argument_time::start,
        solution: argument_time::solution,
    },
    Exercise {
        name: "waiting",
        start: waiting::start,
        solution: waiting::solution,
    },
    Exercise {
        name: "cancellation",
        start: cancellation::start,
        solution: cancellation::solution,
    },
    Exercise {
        name: "cancel-safety",
        start: cancel_safety::start,
        solution: cancel_safety::solution,
    },
    Exercise {
        name: "panics",
        start: panics::start,
        solution: panics::solution,
    },
    Exercise {
        name: "log-line",
        start: log_line::start,
        solution: log_line::solution,
    },
    Exercise {
        name: "cost",
        start: cost::start,
        solution: cost::solution,
    },
    Exercise {
        name: "consistency",
        start: consistency::start,
        solution: consistency::solution,
    },
    Exercise {
        name: "listener-faults",
        start: listener_faults::start,
        solution: listener_faults::solution,
    },
];

/// A runtime for a check: one thread, and paused time, whose hours cost none.
fn paused_runtime() -> Runtime {
    let mut builder = Builder::new_current_thread();
    let runtime = builder.enable_time().start_paused(true).build();
    runtime.expect("a runtime starts")
}
