//! The book as the checks see it: its pages and their fenced blocks, as `build.rs` found them.
//!
//! `parse.rs` fills these types from the Markdown; everything else only reads them.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
pub struct Book {
    /// The directory of its `book.toml`.
    pub root: PathBuf,
    /// Where mdBook rendered it, without our preprocessor: what links are checked on.
    pub html: PathBuf,
    pub pages: Vec<Page>,
}

#[derive(Serialize, Deserialize)]
pub struct Page {
    /// From the book's root, with forward slashes: `src/trap/scope.md`.
    pub path: String,
    /// The Markdown as written, includes not expanded.
    pub markdown: String,
    /// The Markdown as mdBook renders it, includes expanded.
    pub expanded: String,
    pub blocks: Vec<Block>,
    pub sections: Vec<Section>,
    /// The lines where code stands in no fence: indented, or swallowed by HTML.
    pub unfenced: Vec<usize>,
}

/// A heading and what stands under it, up to the next heading of any level.
#[derive(Serialize, Deserialize, Default)]
pub struct Section {
    pub level: u8,
    pub title: String,
    pub line: usize,
    /// Words of prose: without code blocks.
    pub words: usize,
    /// Words of block quotes.
    pub quoted_words: usize,
    pub list_items: usize,
}

/// One fenced block.
#[derive(Serialize, Deserialize, Clone)]
pub struct Block {
    pub page: String,
    /// The line of its opening fence in the page as written, from 1.
    pub line: usize,
    /// The comma-separated words of its info string; the first is its kind.
    pub words: Vec<String>,
    /// Its text as written.
    pub source: String,
    /// Its text with includes expanded.
    pub text: String,
    /// Whether a paragraph stands right under it.
    pub paragraph_under: bool,
}

impl Block {
    pub fn kind(&self) -> &str {
        &self.words[0]
    }

    pub fn has(&self, word: &str) -> bool {
        self.words.iter().skip(1).any(|found| found == word)
    }

    /// The value of a word like `exit=2`.
    pub fn value(&self, key: &str) -> Option<&str> {
        self.words
            .iter()
            .find_map(|word| word.strip_prefix(key)?.strip_prefix('='))
    }

    /// Where it stands, as an editor understands it: `src/trap/scope.md:12`.
    pub fn place(&self) -> String {
        format!("{}:{}", self.page, self.line)
    }

    /// The companion file it quotes, if a quotation is all it holds: cargo checks that code.
    pub fn quotes(&self) -> Option<&str> {
        let include = self
            .source
            .trim()
            .strip_prefix("{{#include ")?
            .strip_suffix("}}")?;
        (!include.contains(['\n', '}'])).then_some(include)
    }

    /// The program a reader runs: with the lines that the page hides behind `# `.
    pub fn program(&self) -> String {
        let unhide = |line: &str| match line.trim_start() {
            "#" => String::new(),
            hidden if hidden.starts_with("# ") => hidden[2..].to_owned(),
            _ => line.to_owned(),
        };
        self.text.lines().map(|line| unhide(line) + "\n").collect()
    }
}

impl Page {
    /// Every program of these kinds, each followed by the `text` blocks that show what it does:
    /// those between it and the next program.
    pub fn programs(&self, kinds: &[&str]) -> Vec<Vec<Block>> {
        let mut programs: Vec<Vec<Block>> = Vec::new();
        for block in &self.blocks {
            match (block.kind(), programs.last_mut()) {
                ("rust" | "go" | "java", _) => programs.push(vec![block.clone()]),
                ("text", Some(program)) => program.push(block.clone()),
                _ => {}
            }
        }
        programs.retain(|program| kinds.contains(&program[0].kind()));
        programs
    }
}
