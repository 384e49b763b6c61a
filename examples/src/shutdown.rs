//! Every way out of a program, a task or a variable: does the guard run, when, on which thread?
//!
//! Each way runs in a process of its own, because some of them end it. The page is
//! `src/appendix/shutdown-matrix.md`; `tests/tables.rs` runs all ways and compares its tables. The
//! Go half is `shutdown/ways.go`. List the ways, or watch one:
//!
//! ```text
//! cargo run -q -p companion --bin shutdown
//! cargo run -q -p companion --bin shutdown -- 'select! loser'
//! ```

mod aborts;
mod blocking;
mod exits;
mod guard;
mod handles;
mod mains;
mod panics;
mod races;
mod runtimes;
mod signals;
mod stage;
mod table;
mod tasks;
mod values;
mod way;

pub use guard::Guard;
pub use table::{Ran, table};
pub use way::Way;

/// The Go half: a program that knows ways as the companion's `shutdown` does.
pub const GO: &str = include_str!("shutdown/ways.go");

/// Ways of one kind: a module here, a table of the page.
pub struct Group {
    /// The file of the table, beside the page.
    pub file: &'static str,
    /// What its first column says of all its ways.
    pub subject: &'static str,
    pub ways: &'static [Way],
}

/// The tables, in the order of the page.
pub const GROUPS: [Group; 11] = [
    Group {
        file: "src/appendix/shutdown-exits.md",
        subject: "the program ends itself",
        ways: exits::WAYS,
    },
    Group {
        file: "src/appendix/shutdown-panics.md",
        subject: "something panics",
        ways: panics::WAYS,
    },
    Group {
        file: "src/appendix/shutdown-signals.md",
        subject: "a signal comes",
        ways: signals::WAYS,
    },
    Group {
        file: "src/appendix/shutdown-mains.md",
        subject: "main returns",
        ways: mains::WAYS,
    },
    Group {
        file: "src/appendix/shutdown-tasks.md",
        subject: "a task ends",
        ways: tasks::WAYS,
    },
    Group {
        file: "src/appendix/shutdown-aborts.md",
        subject: "a task is aborted",
        ways: aborts::WAYS,
    },
    Group {
        file: "src/appendix/shutdown-races.md",
        subject: "a future or a task loses",
        ways: races::WAYS,
    },
    Group {
        file: "src/appendix/shutdown-handles.md",
        subject: "a handle or a set is dropped",
        ways: handles::WAYS,
    },
    Group {
        file: "src/appendix/shutdown-runtimes.md",
        subject: "the runtime ends under a parked task",
        ways: runtimes::WAYS,
    },
    Group {
        file: "src/appendix/shutdown-blocking.md",
        subject: "the work is on `spawn_blocking`",
        ways: blocking::WAYS,
    },
    Group {
        file: "src/appendix/shutdown-values.md",
        subject: "the value changes its owner, or loses it",
        ways: values::WAYS,
    },
];

/// All ways, in the order of the page.
pub fn ways() -> impl Iterator<Item = &'static Way> {
    GROUPS.iter().flat_map(|group| group.ways)
}

/// What a reader can type.
pub fn arguments() -> impl Iterator<Item = String> {
    ways().filter(|way| !way.name.is_empty()).map(Way::argument)
}

/// Takes the way that a reader typed. Many a way does not return.
///
/// # Errors
///
/// If there is no such way, or what `main` returns on it.
pub fn take(argument: &str) -> Result<(), String> {
    let way = ways().find(|way| !way.name.is_empty() && way.argument() == argument);
    let way = way.ok_or_else(|| format!("there is no way {argument:?}"))?;
    guard::here(guard::MAIN);
    way.take()
}
