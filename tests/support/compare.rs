//! Compares what a page shows with what happened, and with `BLESS=1` writes it into the page.

use std::fs;
use std::sync::Mutex;

use regex::Regex;
use snapbox::{Assert, IntoData};

use super::book::Block;
use super::root;

/// Compares a block with what the program really printed.
///
/// In the block `...` on a line of its own stands for any lines, `[..]` for anything in a line;
/// the word `any-order` lets the lines come in any order.
///
/// # Errors
/// The difference, and how to mend it.
pub fn output(block: &Block, actual: &str) -> Result<(), String> {
    let expected = clean(&block.text).into_data();
    let expected = if block.has("any-order") {
        expected.unordered()
    } else {
        expected
    };
    let actual = clean(actual);
    let compared = Assert::new().normalize_paths(cfg!(windows)).try_eq(
        Some(&block.place()),
        actual.clone().into_data(),
        expected,
    );
    match compared {
        Ok(()) => Ok(()),
        Err(_) if std::env::var("BLESS").as_deref() == Ok("1") => bless(block, &actual),
        Err(difference) => Err(format!(
            "the page shows another output than the program prints ({}):\n{difference}\n\
             mend the program, or rewrite the page with `BLESS=1 cargo test`",
            block.place()
        )),
    }
}

/// Checks that what a program prints stands on its page at all.
///
/// # Errors
/// When it prints something that no block under it shows.
pub fn is_shown(outputs: &[Block], stdout: &str) -> Result<(), String> {
    let shows = |output: &Block| !output.has("stderr") && !output.has("vet");
    if stdout.is_empty() || outputs.iter().any(shows) {
        return Ok(());
    }
    Err(format!(
        "no `text` block shows what the program prints:\n{stdout}\n\
         add an empty one under it, and fill it with `BLESS=1 cargo test`"
    ))
}

/// Output as a page shows it: no blanks around it, no directory of this machine in it.
pub fn clean(text: &str) -> String {
    let text = text.replace(&format!("{}/", root().display()), "");
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    let mut text = lines.join("\n").trim_matches('\n').to_owned();
    if !text.is_empty() {
        text.push('\n');
    }
    text
}

/// Writes the real output into the page, less the thread ids, which vary. One at a time: a page
/// may have several.
fn bless(block: &Block, actual: &str) -> Result<(), String> {
    static PAGES: Mutex<()> = Mutex::new(());
    let _one_at_a_time = PAGES
        .lock()
        .map_err(|_| "another block could not be written")?;
    let file = root().join(&block.page);
    let page = fs::read_to_string(&file).map_err(|error| format!("{}: {error}", block.page))?;
    let old = as_written(block);
    let thread = Regex::new(r"\((\d+)\) panicked at").map_err(|error| error.to_string())?;
    let actual = thread.replace_all(actual, "([..]) panicked at");
    let new = format!("```{}\n{actual}```", block.words.join(","));
    // Several outputs may still be empty: it is the first of its like under its program.
    let above = program_above(block).map_or(String::new(), |program| as_written(&program));
    let place = page.find(&above).map(|start| start + above.len());
    let place = place.and_then(|under| Some(under + page[under..].find(&old)?));
    let place = place.filter(|_| above.is_empty() || page.matches(&above).count() == 1);
    let Some(start) = place else {
        return Err("this output cannot be told from another on the page: edit it by hand".into());
    };
    let page = format!("{}{new}{}", &page[..start], &page[start + old.len()..]);
    fs::write(&file, page).map_err(|error| format!("{}: {error}", block.page))
}

fn as_written(block: &Block) -> String {
    format!("```{}\n{}```", block.words.join(","), block.source)
}

fn program_above(block: &Block) -> Option<Block> {
    let book = super::book();
    let page = book
        .pages
        .into_iter()
        .find(|page| page.path == block.page)?;
    let program = |program: &&Block| {
        program.line < block.line && ["rust", "go", "java"].contains(&program.kind())
    };
    page.blocks.iter().rfind(program).cloned()
}
