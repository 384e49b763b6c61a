//! Every page keeps the form the book promises: fences that some check reads, the anatomy of a
//! lesson, lines that fit, links that lead somewhere, quotations of code that cargo compiles.

use std::fs;

use libtest_mimic::{Failed, Trial};
use support::book::{Book, Page};
use support::{anatomy, fences, links, prose, report};

mod support;

type Check = fn(&Book, &Page) -> Vec<String>;

const CHECKS: [(&str, Check); 5] = [
    ("fences", |_, page| fences::unknown(page)),
    ("quotations", |book, page| fences::quotations(book, page)),
    ("anatomy", |_, page| anatomy::departures(page)),
    ("prose", |_, page| prose::blemishes(page)),
    ("links", links::broken),
];

fn main() {
    let book = support::book();
    note_blocks(&book);
    let count = book.pages.len();
    let mut trials = vec![Trial::test("SUMMARY.md lists every page", orphans)];
    for index in 0..count {
        for (name, check) in CHECKS {
            let path = &book.pages[index].path;
            trials.push(Trial::test(format!("{path} {name}"), move || {
                let book = support::book();
                let found = check(&book, &book.pages[index]);
                if found.is_empty() {
                    Ok(())
                } else {
                    Err(found.join("\n").into())
                }
            }));
        }
    }
    report::run(trials.into_iter());
}

/// For the census: every block that some check is to verify, and the quotations, verified here.
fn note_blocks(book: &Book) {
    for (number, page) in book.pages.iter().enumerate() {
        let title = page.sections.iter().find(|section| section.level == 1);
        let title = title.map_or(page.path.as_str(), |section| section.title.as_str());
        for block in &page.blocks {
            let quoted = block.quotes().is_some();
            let note = serde_json::json!({
                "page": block.page, "line": block.line, "words": block.words,
                "number": number, "title": title, "quoted": quoted,
            });
            report::note("blocks", block, &note);
            if quoted && fences::quotations(book, page).is_empty() {
                report::record("quotations", block, 1);
            }
        }
    }
}

fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn orphans() -> Result<(), Failed> {
    let book = support::book();
    let root = support::root().join(&book.root);
    let mut todo = vec![root.join("src")];
    let mut orphans = Vec::new();
    while let Some(path) = todo.pop() {
        if path.is_dir() {
            todo.extend(fs::read_dir(path)?.flatten().map(|entry| entry.path()));
            continue;
        }
        let name = path
            .strip_prefix(&root)?
            .display()
            .to_string()
            .replace('\\', "/");
        let included = |page: &Page| {
            page.markdown.contains("{{#include") && page.markdown.contains(file_name(&name))
        };
        let listed = book
            .pages
            .iter()
            .any(|page| page.path == name || included(page));
        if name.ends_with(".md") && name != "src/SUMMARY.md" && !listed {
            orphans.push(format!(
                "{name}:1: is not in SUMMARY.md: add its line there, or remove it"
            ));
        }
    }
    if orphans.is_empty() {
        Ok(())
    } else {
        Err(orphans.join("\n").into())
    }
}
