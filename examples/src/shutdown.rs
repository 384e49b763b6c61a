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
mod guard;
mod handles;
mod panics;
mod process;
mod runtimes;
mod signals;
mod stage;
mod table;
mod tasks;
mod threads;
mod values;

pub use guard::Guard;
pub use table::{Ran, table};

/// The Go half: a program that knows ways as the companion's `shutdown` does.
pub const GO: &str = include_str!("shutdown/ways.go");

/// A way out, in Rust and in Go.
pub struct Way {
    /// What it is called in Rust, with code in backticks; empty for a way that only Go has.
    pub name: &'static str,
    /// What it is called in Go; empty for a way that only Rust has.
    pub go: &'static str,
    /// Whether its program is built with `panic = "abort"`.
    pub aborts: bool,
    /// Where the book teaches it: a page and its heading, from `src/`; or nowhere.
    pub lesson: &'static str,
    run: fn(),
}

impl Way {
    const fn both(name: &'static str, go: &'static str, run: fn()) -> Way {
        Way {
            name,
            go,
            aborts: false,
            lesson: "",
            run,
        }
    }

    const fn rust(name: &'static str, run: fn()) -> Way {
        Way::both(name, "", run)
    }

    const fn go(go: &'static str) -> Way {
        Way::both("", go, || {})
    }

    const fn aborting(self) -> Way {
        Way {
            aborts: true,
            ..self
        }
    }

    const fn at(self, lesson: &'static str) -> Way {
        Way { lesson, ..self }
    }

    /// What a reader types to see it.
    #[must_use]
    pub fn argument(&self) -> String {
        self.name.replace('`', "")
    }

    /// What the Go half calls it.
    #[must_use]
    pub fn go_argument(&self) -> String {
        self.go.replace('`', "")
    }
}

/// Ways of one kind: a table of the page.
pub struct Group {
    /// The file of the table, beside the page.
    pub file: &'static str,
    /// What its ways give up.
    pub subject: &'static str,
    ways: &'static [&'static [Way]],
}

/// All ways, in the order of the page.
pub const GROUPS: [Group; 5] = [
    Group {
        file: "src/appendix/shutdown-process.md",
        subject: "the process ends",
        ways: &[process::WAYS, panics::WAYS, signals::WAYS, threads::WAYS],
    },
    Group {
        file: "src/appendix/shutdown-task.md",
        subject: "a task ends",
        ways: &[tasks::WAYS, aborts::WAYS, handles::WAYS],
    },
    Group {
        file: "src/appendix/shutdown-runtime.md",
        subject: "the runtime ends under a parked task",
        ways: &[runtimes::WAYS],
    },
    Group {
        file: "src/appendix/shutdown-blocking.md",
        subject: "the work is on `spawn_blocking`",
        ways: &[blocking::WAYS],
    },
    Group {
        file: "src/appendix/shutdown-value.md",
        subject: "the value changes its owner, or loses it",
        ways: &[values::WAYS],
    },
];

impl Group {
    pub fn ways(&self) -> impl Iterator<Item = &'static Way> {
        self.ways.iter().copied().flatten()
    }
}

/// What a reader can type.
pub fn arguments() -> impl Iterator<Item = String> {
    let ways = GROUPS.iter().flat_map(Group::ways);
    ways.filter(|way| !way.name.is_empty()).map(Way::argument)
}

/// Takes the way that a reader typed. Many a way does not return.
///
/// # Errors
///
/// If there is no such way.
pub fn take(argument: &str) -> Result<(), String> {
    let mut ways = GROUPS.iter().flat_map(Group::ways);
    let way = ways.find(|way| !way.name.is_empty() && way.argument() == argument);
    let way = way.ok_or_else(|| format!("there is no way {argument:?}"))?;
    guard::here(guard::MAIN);
    (way.run)();
    Ok(())
}
