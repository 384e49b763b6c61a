//! Every generated table on a page is what running its cells gives: no cell is typed by hand.

use std::fs;
use std::path::Path;

use companion::shutdown::{GROUPS, Group};
use companion::waiting::TABLES;
use libtest_mimic::{Completion, Trial};
use support::report::{self, Outcome};
use support::{go, root};

// Not in `support`: the other checks need not link the companion crate.
#[path = "support/matrix.rs"]
mod matrix;
mod support;
#[path = "support/survived.rs"]
mod survived;
#[path = "support/waiting.rs"]
mod waiting;

/// Makes a table in Markdown. It is given the old one: cells that cannot be run here stay.
type Make = dyn Fn(&str) -> Result<String, String> + Send;

/// A table in a file of its own, which a page includes.
struct Table {
    /// From the book's root.
    file: &'static str,
    /// Why some of its cells cannot be run here.
    lacks: Option<String>,
    make: Box<Make>,
}

/// The tables of a book; that of the fixture book is stale.
fn tables(book: &Path) -> Vec<Table> {
    let shutdown = |group: &'static Group| Table {
        file: group.file,
        lacks: matrix::here(group).err(),
        make: Box::new(|old| matrix::table(group, old)),
    };
    if book.ends_with("fixtures/book") {
        let file = "src/stale-table.md";
        return vec![Table {
            file,
            ..shutdown(&GROUPS[GROUPS.len() - 1])
        }];
    }
    let waiting = TABLES.iter().map(|table| Table {
        file: table.file,
        lacks: go::require().err(),
        make: Box::new(|old| waiting::table(table, old)),
    });
    let survived = Table {
        file: "src/architecture/consistency/faults.md",
        lacks: None,
        make: Box::new(|_old| survived::table()),
    };
    let made = GROUPS.iter().map(shutdown).chain(waiting);
    made.chain([survived]).collect()
}

fn main() {
    let book = root().join(support::book().root);
    report::run(tables(&book).into_iter().map(|table| {
        let file = book.join(table.file);
        Trial::ignorable_test(table.file, move || {
            let note = |runs| report::table(table.file, &read(&file), runs);
            report::repeated(table.file, || check(&table, &file), note)
        })
    }));
}

fn read(file: &Path) -> String {
    fs::read_to_string(file)
        .unwrap_or_default()
        .replace("\r\n", "\n")
}

fn check(table: &Table, file: &Path) -> Outcome {
    let old = read(file);
    let new = (table.make)(&old)?;
    let bless = std::env::var("BLESS").as_deref() == Ok("1");
    if new != old && bless {
        fs::write(file, &new)?;
    } else if new != old {
        return Err(difference(table.file, &old, &new).into());
    }
    match &table.lacks {
        Some(lacks) => report::skip(lacks),
        None => Ok(Completion::Completed),
    }
}

/// The rows in which a file is stale.
fn difference(file: &str, old: &str, new: &str) -> String {
    let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let mut message = String::from("other than what running it gives\n");
    for line in 0..old.len().max(new.len()) {
        let [shown, found] = [&old, &new].map(|lines| *lines.get(line).unwrap_or(&"no such row"));
        if shown != found {
            message += &format!(
                "{file}:{}: stale row\nexpected {shown}\nfound    {found}\n",
                line + 1
            );
        }
    }
    message + "if that is how it is, `BLESS=1 cargo test --test tables` writes it"
}
