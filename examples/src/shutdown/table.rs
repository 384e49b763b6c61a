//! What a way printed, and how its process ended, in the words of a cell.

use super::guard::{GOES_ON, MADE, MAIN};
use super::{Group, Way};

/// What the child process of a way did.
pub struct Ran {
    pub printed: String,
    /// `exit code 3`, or what [`std::process::ExitStatus`] says of a signal.
    pub ending: String,
}

impl Ran {
    /// Whether the guard ran, when, on which thread unless that was main's, and how the process
    /// ended unless that was exit code 0.
    fn cell(&self) -> String {
        let is_start = |line: &&str| [MADE, DEFERRED].contains(line);
        let (starts, lines): (Vec<&str>, Vec<&str>) = self.printed.lines().partition(is_start);
        let at = lines.iter().position(|line| line.contains(RUNS));
        let ran = match at {
            None if starts.is_empty() => "is never made".into(),
            None => "**does not run**".into(),
            Some(at) => {
                let (_, thread) = lines[at].split_once(RUNS).unwrap_or_default();
                let when = when(lines[..at].last(), lines.get(at + 1));
                match thread {
                    MAIN => format!("runs{when}"),
                    _ => format!("runs{when}, on {thread}"),
                }
            }
        };
        match self.ending.split(['(', ')']).nth(1) {
            None if self.ending == "exit code 0" => ran,
            None => format!("{ran}; {}", self.ending),
            Some(signal) => format!("{ran}; {signal}"),
        }
    }
}

/// When the guard ran: between the line before its own and the line after.
fn when(before: Option<&&str>, after: Option<&&str>) -> String {
    let rest = after.map(|after| format!(", before {after}"));
    match (before, after) {
        (None, None) => String::new(),
        (None, Some(&GOES_ON)) => " at once".into(),
        (None, Some(after)) => format!(" before {after}"),
        (Some(&GOES_ON), _) => format!(" later{}", rest.unwrap_or_default()),
        (Some(before), _) => format!(" after {before}{}", rest.unwrap_or_default()),
    }
}

/// What a guard prints between what ran and where.
const RUNS: &str = " runs on ";

/// What Go prints instead of [`MADE`].
const DEFERRED: &str = "the call is deferred";

impl Way {
    /// What Go did, under Go's name of the way, if that is another.
    #[must_use]
    pub fn go_cell(&self, ran: &Ran) -> String {
        if self.name.is_empty() || self.name == self.go {
            ran.cell()
        } else {
            format!("{}: {}", self.go, ran.cell())
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
    let has_go = group.ways.iter().any(|way| !way.go.is_empty());
    table += match has_go {
        true => " Go: the deferred call |\n|---|---|---|\n",
        false => "\n|---|---|\n",
    };
    for way in group.ways {
        let rust = match way.name {
            "" => String::new(),
            _ => rust(way)?.cell(),
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

    use super::super::{arguments, ways};
    use super::*;

    fn cell(printed: &str, ending: &str) -> String {
        let (printed, ending) = (printed.into(), ending.into());
        Ran { printed, ending }.cell()
    }

    #[test]
    fn a_cell_says_between_what_the_guard_ran() {
        let ran = "the guard runs on main";
        let ran = |before: &str, after: &str| {
            let printed = format!("{MADE}\n{before}\n{ran}\n{after}\n");
            cell(printed.trim_end(), "exit code 0")
        };
        assert_eq!(ran("A", "B"), "runs after A, before B");
        assert_eq!(ran("A", ""), "runs after A");
        assert_eq!(ran(GOES_ON, "B"), "runs later, before B");
    }

    #[test]
    fn a_cell_says_on_which_thread_the_guard_ran() {
        let ran = |thread| cell(&format!("the call runs on {thread}"), "exit code 2");
        assert_eq!(ran("main"), "runs; exit code 2");
        assert_eq!(ran("a worker"), "runs, on a worker; exit code 2");
        let at_once = format!("the call runs on main\n{GOES_ON}");
        assert_eq!(cell(&at_once, "exit code 0"), "runs at once");
    }

    #[test]
    fn a_cell_says_how_the_process_ended() {
        let ending = "signal: 6 (SIGABRT) (core dumped)";
        assert_eq!(cell(MADE, ending), "**does not run**; SIGABRT");
        assert_eq!(cell(MADE, "exit code 0"), "**does not run**");
    }

    #[test]
    fn a_guard_that_nobody_made_is_told_from_one_that_does_not_run() {
        assert_eq!(cell(DEFERRED, "exit code 0"), "**does not run**");
        assert_eq!(cell(GOES_ON, "exit code 0"), "is never made");
    }

    #[test]
    fn every_way_has_a_name_of_its_own() {
        let differ = |names: Vec<String>| names.len() == BTreeSet::from_iter(names).len();
        assert!(differ(arguments().collect()), "what a reader types");
        let rows: Vec<String> = ways().map(Way::anchor).collect();
        assert!(!rows.contains(&"way-".into()), "words");
        assert!(differ(rows), "rows");
    }
}
