//! What a way printed, and how its process ended, in the words of a cell.

use super::{Group, Way};

/// What the child process of a way did.
pub struct Ran {
    pub printed: String,
    /// `exit code 3`, or what [`std::process::ExitStatus`] says of a signal.
    pub ending: String,
}

impl Ran {
    /// Whether the guard ran, on which thread, between which events, and how the process ended.
    fn cell(&self) -> String {
        let lines: Vec<&str> = self.printed.lines().filter(|line| *line != MADE).collect();
        let at = lines.iter().position(|line| line.contains(RUNS));
        let ran = at.map(|at| {
            let (_, thread) = lines[at].split_once(RUNS).unwrap_or_default();
            let before = lines.get(at + 1).map(|next| format!(", before {next}"));
            let after = lines[..at].last().map(|last| format!(", after {last}"));
            let when = after.into_iter().chain(before).collect::<String>();
            format!("runs on {thread}{when}")
        });
        let ran = ran.unwrap_or_else(|| "**does not run**".into());
        match self.ending.split(['(', ')']).nth(1) {
            None if self.ending == "exit code 0" => ran,
            None => format!("{ran}; {}", self.ending),
            Some(signal) => format!("{ran}; {signal}"),
        }
    }
}

/// What a guard prints when it is made, and between what ran and where.
const MADE: &str = "the guard is made";
const RUNS: &str = " runs on ";

impl Way {
    /// The first cell of its row: its name, and where the book teaches it.
    #[must_use]
    pub fn title(&self) -> String {
        let name = if self.name.is_empty() {
            self.go
        } else {
            self.name
        };
        match self.lesson {
            "" => name.to_owned(),
            lesson => format!("[{name}](../{lesson})"),
        }
    }

    /// What Go did, under Go's name of the way, if that is another.
    #[must_use]
    pub fn go_cell(&self, ran: &Ran) -> String {
        if self.name.is_empty() || self.name == self.go {
            ran.cell()
        } else {
            format!("{}: {}", self.go, ran.cell())
        }
    }

    fn rust_cell(&self, ran: &Ran) -> String {
        if ran.printed.lines().any(|line| line == MADE) {
            ran.cell()
        } else {
            "is never made".into()
        }
    }
}

/// The table of a group in Markdown. `rust` takes a way in a process of its own; `go` gives the
/// cell of a way that Go has, from what its process did or, without a Go, from what is known.
///
/// # Errors
///
/// The first of `rust` or `go`.
pub fn table<E>(
    group: &Group,
    mut rust: impl FnMut(&Way) -> Result<Ran, E>,
    mut go: impl FnMut(&Way) -> Result<String, E>,
) -> Result<String, E> {
    let mut table = format!("| When {} | Rust: the guard |", group.subject);
    let has_go = group.ways().any(|way| !way.go.is_empty());
    table += match has_go {
        true => " Go: the deferred call |\n|---|---|---|\n",
        false => "\n|---|---|\n",
    };
    for way in group.ways() {
        let rust = match way.name {
            "" => String::new(),
            _ => way.rust_cell(&rust(way)?),
        };
        table += &format!("| {} | {rust} |", way.title());
        if has_go {
            let go = match way.go {
                "" => String::new(),
                _ => go(way)?,
            };
            table += &format!(" {go} |");
        }
        table.push('\n');
    }
    Ok(table)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::{GROUPS, arguments};
    use super::*;

    fn cell(printed: &str, ending: &str) -> String {
        let (printed, ending) = (printed.into(), ending.into());
        Ran { printed, ending }.cell()
    }

    #[test]
    fn a_cell_says_where_and_between_what_the_guard_ran() {
        let printed = "the guard is made\nA\nthe guard runs on main\nB\nC\n";
        assert_eq!(
            cell(printed, "exit code 0"),
            "runs on main, after A, before B"
        );
        let alone = "the deferred call runs on its own goroutine\n";
        assert_eq!(
            cell(alone, "exit code 2"),
            "runs on its own goroutine; exit code 2"
        );
    }

    #[test]
    fn a_cell_says_how_the_process_ended() {
        let made = "the guard is made\n";
        let ending = "signal: 6 (SIGABRT) (core dumped)";
        assert_eq!(cell(made, ending), "**does not run**; SIGABRT");
        assert_eq!(cell(made, "exit code 0"), "**does not run**");
    }

    #[test]
    fn every_way_has_a_name_of_its_own() {
        let mut ways = GROUPS.iter().flat_map(Group::ways);
        assert!(ways.all(|way| !way.title().is_empty()));
        let typed: Vec<String> = arguments().collect();
        assert_eq!(typed.len(), typed.iter().collect::<BTreeSet<_>>().len());
    }
}
