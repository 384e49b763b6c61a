//! The waiting table: what each tool that waits does when it is dropped, when a job panics, when
//! its wait is cancelled, when a job comes late, and so on. Every cell is what a program saw.
//!
//! The page is `src/appendix/waiting-table.md`. The program prints the table, less the rows of Go
//! (`waiting/table.go`), which `tests/tables.rs` adds with the Go that this book pins:
//!
//! ```text
//! cargo run -q -p companion --bin waiting
//! ```
//!
//! One cell is a panic of `thread::scope`: its message comes on stderr.
//!
//! A column is a function of `probes`, the same for every tool; a row is an implementation of
//! [`Waits`]. `words` has what can be seen, and how a cell says it.

pub mod in_place;
pub mod job;
pub mod probes;
pub mod scope;
pub mod sets;
pub mod tasks;
pub mod threads;
pub mod waits;
pub mod words;

use std::ops::Range;

use tokio::runtime::Builder;

use waits::Waits;
use words::{Hears, Keeps, Late, OnCancel, OnDrop, Order, Others};

/// What there is to see of a tool.
const COLUMNS: [&str; 9] = [
    "Tool",
    "Dropped while a job runs",
    "Wait cancelled: the jobs",
    "The waiter hears",
    "The other jobs",
    "While others run",
    "After the wait",
    "Results come",
    "Nobody reads: it keeps",
];

/// A part of the table that fits on a page: all rows, and some of the columns beside the first.
pub struct Table {
    /// Where it is, from the book's root.
    pub file: &'static str,
    columns: Range<usize>,
}

pub const TABLES: &[Table] = &[
    Table {
        file: "src/appendix/waiting-drop.md",
        columns: 1..3,
    },
    Table {
        file: "src/appendix/waiting-panic.md",
        columns: 3..5,
    },
    Table {
        file: "src/appendix/waiting-late.md",
        columns: 5..7,
    },
    Table {
        file: "src/appendix/waiting-results.md",
        columns: 7..COLUMNS.len(),
    },
];

impl Table {
    /// The part of these rows, in Markdown.
    pub fn of(&self, rows: &[Row]) -> String {
        let line = |cells: &[String; COLUMNS.len()]| {
            let shown = cells[self.columns.clone()].join(" | ");
            format!("| {} | {shown} |\n", cells[0])
        };
        let mut table = line(&COLUMNS.map(str::to_owned));
        table += &format!("|{}\n", "---|".repeat(self.columns.len() + 1));
        table.extend(rows.iter().map(|Row(cells)| line(cells)));
        table
    }
}

/// The Go half: run, it prints a line for each tool, its cells set apart by tabs.
pub const GO: &str = include_str!("waiting/table.go");

/// A tool and what was seen of it.
pub struct Row([String; COLUMNS.len()]);

impl Row {
    fn new(
        name: &str,
        on_drop: OnDrop,
        on_cancel: OnCancel,
        (hears, others): (Hears, Others),
        [running, after]: [Late; 2],
        order: Order,
        keeps: Keeps,
    ) -> Self {
        Self([
            name.to_owned(),
            on_drop.to_string(),
            on_cancel.to_string(),
            hears.to_string(),
            others.to_string(),
            running.to_string(),
            after.to_string(),
            order.to_string(),
            keeps.to_string(),
        ])
    }
}

/// Runs the six programs of a tool, each on a runtime of its own.
fn row<W: Waits>() -> Row {
    Row::new(
        W::NAME,
        run(probes::on_drop::<W>()),
        run(probes::on_cancel::<W>()),
        run(probes::on_panic::<W>()),
        run(probes::late::<W>()),
        run(probes::order::<W>()),
        run(probes::keeps::<W>()),
    )
}

fn run<T>(probe: impl Future<Output = T>) -> T {
    let mut runtime = Builder::new_current_thread();
    let runtime = runtime.enable_time().start_paused(true).build();
    runtime.expect("a runtime starts").block_on(probe)
}

/// Runs every program of the Rust half.
pub fn rust() -> Vec<Row> {
    vec![
        row::<tasks::Handles>(),
        row::<sets::Set>(),
        row::<sets::WholeSet>(),
        row::<sets::Map>(),
        row::<sets::Queue>(),
        row::<tasks::Tracker>(),
        row::<tasks::LastSender>(),
        row::<in_place::All>(),
        row::<in_place::Unordered>(),
        row::<in_place::TryJoin>(),
        threads::handles(),
        scope::row(),
    ]
}

/// The rows that the Go half printed.
///
/// # Errors
///
/// A line that is no row.
pub fn go(printed: &str) -> Result<Vec<Row>, String> {
    let row = |line: &str| {
        let cells: Vec<String> = line.split('\t').map(str::to_owned).collect();
        let cells = cells.try_into();
        cells.map(Row).map_err(|_| format!("no row: {line:?}"))
    };
    printed.lines().map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::future::BoxFuture;
    use job::Work;
    use waits::Heard;

    /// Its wait gives up at once, and its drop runs what it was given.
    struct Wrong(Option<BoxFuture<'static, job::Receipt>>);

    impl Waits for Wrong {
        const NAME: &'static str = "wrong";

        fn of(jobs: Vec<Work>) -> Self {
            Self(jobs.into_iter().next())
        }

        async fn wait(&mut self, _: &mut Vec<Heard>) {}

        fn add(&mut self, _: Work) -> Option<bool> {
            Some(false)
        }
    }

    impl Drop for Wrong {
        fn drop(&mut self) {
            if let Some(job) = self.0.take() {
                tokio::spawn(job);
            }
        }
    }

    #[test]
    fn a_drop_is_observed_not_assumed() {
        assert_eq!(run(probes::on_drop::<Wrong>()), OnDrop::Leaves);
        assert_eq!(run(probes::on_drop::<sets::Set>()), OnDrop::Aborts);
    }

    #[test]
    #[should_panic = "wrong does not wait for a job that runs"]
    fn a_wait_that_gives_up_is_no_cancelled_wait() {
        run(probes::on_cancel::<Wrong>());
    }

    #[test]
    #[should_panic = "the second wait returns without the job"]
    fn a_job_that_nobody_runs_is_noticed() {
        run(probes::on_panic::<Wrong>());
    }

    #[test]
    fn a_blocking_wait_that_returns_early_is_noticed() {
        let job = job::Job::new(1);
        assert!(!threads::watch(&job, || ()).1);
    }

    #[test]
    fn a_line_of_the_go_half_is_a_row_or_an_error() {
        let printed = "Go\t1\t2\t3\t4\t5\t6\t7\t8";
        let rows = go(printed).expect("nine cells");
        assert!(TABLES[0].of(&rows).ends_with("\n| Go | 1 | 2 |\n"));
        assert!(TABLES[3].of(&rows).ends_with("\n| Go | 7 | 8 |\n"));
        assert!(go("Go\t1").is_err());
    }
}
