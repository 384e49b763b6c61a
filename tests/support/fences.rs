//! What may stand in a fence: the kinds and words that some check reads, and quotations.

use std::path::Path;
use std::sync::LazyLock;
use std::{env, fs};

use regex::Regex;

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
    let bare = |line| {
        format!(
            "{}:{line}: no check reads code that stands in no fence; is a blank line missing above it?",
            page.path
        )
    };
    let mut found: Vec<String> = page.unfenced.iter().map(bare).collect();
    let mut program: Option<&Block> = None;
    for block in &page.blocks {
        let place = block.place();
        if ["rust", "go", "java"].contains(&block.kind()) {
            program = Some(block);
        }
        match allowed(block.kind()) {
            None => found.push(format!(
                "{place}: no check reads a block of the kind {:?}; see the table in CONTRIBUTING.md",
                block.kind()
            )),
            Some(_) if block.kind() == "text" && !program.is_some_and(|program| shows(program, block)) => found
                .push(format!("{place}: an output with no program above it that could print it; a quotation is not run here")),
            Some(words) => found.extend(block.words.iter().skip(1).filter(|word| !known(block, words, word)).map(
                |word| format!("{place}: {:?} blocks have no word {word:?}; known are {words:?}", block.kind()),
            )),
        }
    }
    found
}

/// Whether a check compares this output with what this program does.
fn shows(program: &Block, output: &Block) -> bool {
    let rust = program.kind() == "rust";
    let rejected = program.has("compile_fail");
    (!rust || rejected || program.quotes().is_none())
        && (!output.has("vet") || program.has("vet"))
        && (!output.has("edition2021") || rust && !rejected)
        && (!output.has("stderr") || !rejected)
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
    let mut found = dangling(book, page);
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

/// Includes, in fences and in prose, that name no file, or an anchor that the file lacks: mdBook
/// leaves out the latter without a word.
fn dangling(book: &Book, page: &Page) -> Vec<String> {
    static INCLUDE: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"\{\{#\w+ ([^}\s:]+)(?::([A-Za-z_][^}\s:]*))?").expect("well-formed")
    });
    let from = super::root().join(&book.root).join(&page.path);
    let mut found = Vec::new();
    for (line, text) in (1..).zip(page.markdown.lines()) {
        for include in INCLUDE.captures_iter(text) {
            let file = fs::read_to_string(from.with_file_name(&include[1])).ok();
            let anchor = include
                .get(2)
                .map(|anchor| format!("ANCHOR: {}", anchor.as_str()));
            let named = |line: &str| {
                anchor
                    .as_ref()
                    .is_none_or(|anchor| line.trim_end().ends_with(anchor))
            };
            if !file.is_some_and(|file| file.lines().any(named)) {
                found.push(format!(
                    "{}:{line}: the include names no file, or no anchor: {}}}}}",
                    page.path, &include[0]
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
    let root = fs::canonicalize(super::root()).expect("the repository is there");
    let file = file
        .strip_prefix(root)
        .unwrap_or(file)
        .display()
        .to_string();
    notes
        .filter_map(|entry| fs::read_to_string(entry.path()).ok())
        .any(|note| note.contains(&file))
}
