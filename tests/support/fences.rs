//! What may stand in a fence: the kinds and words that some check reads, and quotations.

use std::path::Path;
use std::{env, fs};

use super::book::{Block, Book, Page};

/// The words that may follow a kind. A kind enters this table together with its check.
fn allowed(kind: &str) -> Option<&'static [&'static str]> {
    Some(match kind {
        "rust" => &["should_panic", "compile_fail"],
        "go" => &["exit=", "vet", "hangs", "go1."],
        "java" => &["exit="],
        "text" => &["stderr", "vet", "any-order", "edition2021"],
        "console" => &["unix"],
        "mermaid" | "toml" | "json" | "yaml" => &[],
        _ => return None,
    })
}

/// Fences that no check would read as their author meant.
pub fn unknown(page: &Page) -> Vec<String> {
    let mut found = Vec::new();
    let mut program = false;
    for block in &page.blocks {
        let place = block.place();
        program |= ["rust", "go", "java"].contains(&block.kind());
        match allowed(block.kind()) {
            None => found.push(format!(
                "{place}: no check reads a block of the kind {:?}; see the table in CONTRIBUTING.md",
                block.kind()
            )),
            Some(_) if block.kind() == "text" && !program => found
                .push(format!("{place}: an output with no program above it; it can show nothing real")),
            Some(words) => found.extend(block.words.iter().skip(1).filter(|word| !known(block, words, word)).map(
                |word| format!("{place}: {:?} blocks have no word {word:?}; known are {words:?}", block.kind()),
            )),
        }
    }
    found
}

fn known(block: &Block, words: &[&str], word: &str) -> bool {
    // What rustc is to reject the program with: an error code, or the name of a lint.
    let code = block.has("compile_fail")
        && word.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && !["ignore", "no_run", "norun"].contains(&word);
    code || words
        .iter()
        .any(|known| match known.strip_suffix(['=', '.']) {
            Some(_) => word
                .strip_prefix(known)
                .is_some_and(|rest| rest.parse::<u8>().is_ok()),
            None => word == *known,
        })
}

/// Includes that did not resolve, or that quote code which cargo does not compile.
pub fn quotations(book: &Book, page: &Page) -> Vec<String> {
    let mut found = Vec::new();
    for block in page
        .blocks
        .iter()
        .filter(|block| block.source.contains("{{#"))
    {
        let place = block.place();
        if block.text.contains("{{#") || block.text.trim().is_empty() {
            found.push(format!(
                "{place}: the include names no file, or no anchor, or an empty one"
            ));
        } else if let Some(quoted) = block.quotes() {
            let file = quoted.split(':').next().unwrap_or(quoted);
            let from = Path::new(&block.page).parent().unwrap_or(Path::new(""));
            let path = super::root().join(&book.root).join(from).join(file);
            if !fs::canonicalize(&path).is_ok_and(|path| compiled(&path)) {
                found.push(format!(
                    "{place}: cargo compiles no {file}; quote a file of the companion crate"
                ));
            }
        }
    }
    found
}

/// Whether cargo compiled the file: it notes the sources of everything beside what it made.
fn compiled(file: &Path) -> bool {
    let made = env::current_exe().expect("a test has a path");
    let beside = fs::read_dir(made.parent().expect("it stands in a directory")).expect("readable");
    let notes = beside
        .flatten()
        .filter(|entry| entry.path().extension().is_some_and(|found| found == "d"));
    let file = file
        .strip_prefix(super::root())
        .unwrap_or(file)
        .display()
        .to_string();
    notes
        .filter_map(|entry| fs::read_to_string(entry.path()).ok())
        .any(|note| note.contains(&file))
}
