//! The census: how many blocks every page has, of which kind, and which check verified each.
//!
//! The checks in `tests/` write a note for every block they verify; this counts the notes.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// A block that some check is to verify, as `tests/pages.rs` notes it.
#[derive(Deserialize)]
struct Block {
    page: String,
    line: usize,
    words: Vec<String>,
    /// The place of its page in the book.
    number: usize,
    title: String,
    quoted: bool,
}

/// A check's note that it verified a block.
#[derive(Deserialize)]
struct Verified {
    page: String,
    line: usize,
    runs: u32,
}

/// A note that the cells of a generated table were run.
#[derive(Deserialize)]
struct Table {
    cells: usize,
    runs: u32,
}

pub struct Census {
    blocks: Vec<Block>,
    tables: Vec<Table>,
    /// By check: the places it verified.
    verified: BTreeMap<String, BTreeSet<(String, usize)>>,
    /// Programs that were run, and how often in all.
    programs: usize,
    runs: u32,
}

/// The columns of the table, by the check that verifies such blocks.
const COLUMNS: [(&str, &str); 8] = [
    ("snippets", "Rust"),
    ("rejections", "Rejected"),
    ("quotations", "Quoted"),
    ("go", "Go"),
    ("java", "Java"),
    ("console", "Console"),
    ("data", "Data"),
    ("diagrams", "Diagrams"),
];

/// The column of the outputs, which belong to several checks.
const OUTPUTS: &str = "Outputs";

/// The checks that run programs, and repeat them when told to.
pub const RUNNERS: [&str; 4] = ["outputs", "go", "java", "tables"];

impl Block {
    fn has(&self, word: &str) -> bool {
        self.words.iter().any(|found| found == word)
    }

    fn place(&self) -> String {
        format!("{}:{}", self.page, self.line)
    }

    /// The checks that have to verify it.
    fn checks(&self) -> &'static [&'static str] {
        match self.words.first().map_or("", String::as_str) {
            "rust" if self.quoted => &["quotations"],
            "rust" if self.has("compile_fail") => &["rejections"],
            "rust" => &["snippets", "outputs"],
            "go" => &["go"],
            "java" => &["java"],
            "console" => &["console"],
            "mermaid" => &["diagrams"],
            _ => &["data"],
        }
    }
}

impl Census {
    /// Reads the notes that the checks left in `dir`.
    ///
    /// # Errors
    /// When there are none: the tests did not run.
    pub fn read(dir: &Path) -> Result<Self> {
        let mut blocks: Vec<Block> = notes(&dir.join("blocks"))?;
        blocks.sort_by_key(|block| (block.number, block.line));
        let mut census = Self {
            blocks,
            tables: notes(&dir.join("tables")).unwrap_or_default(),
            verified: BTreeMap::new(),
            programs: 0,
            runs: 0,
        };
        for check in COLUMNS.map(|(check, _)| check).iter().chain(&["outputs"]) {
            let notes: Vec<Verified> = notes(&dir.join(check)).unwrap_or_default();
            if RUNNERS.contains(check) {
                let program = |note: &&Verified| !census.is_output(&note.page, note.line);
                let runs: Vec<u32> = notes.iter().filter(program).map(|note| note.runs).collect();
                census.programs += runs.len();
                census.runs += runs.iter().sum::<u32>();
            }
            let places = notes.into_iter().map(|note| (note.page, note.line));
            census
                .verified
                .insert((*check).to_owned(), places.collect());
        }
        Ok(census)
    }

    fn is_output(&self, page: &str, line: usize) -> bool {
        let at = |block: &&Block| block.page == page && block.line == line;
        self.blocks
            .iter()
            .find(at)
            .is_some_and(|block| block.words[0] == "text")
    }

    /// The places of the blocks that lack the note of a check that has to verify them.
    pub fn unverified(&self) -> Vec<String> {
        let lacking = |block: &&Block| !self.is_verified(block);
        self.blocks
            .iter()
            .filter(lacking)
            .map(Block::place)
            .collect()
    }

    /// Those of them that want no tool besides Rust's: no skip excuses them.
    pub fn inexcusable(&self) -> Vec<String> {
        let tool = ["go", "java", "mermaid", "text", "console"];
        let lacking = |block: &&Block| !self.is_verified(block);
        let blocks = self.blocks.iter().filter(lacking);
        let blocks = blocks.filter(|block| !tool.contains(&block.words[0].as_str()));
        blocks.map(Block::place).collect()
    }

    fn is_verified(&self, block: &Block) -> bool {
        let place = (block.page.clone(), block.line);
        let by = |check: &str| {
            self.verified
                .get(check)
                .is_some_and(|places| places.contains(&place))
        };
        match block.words[0].as_str() {
            "text" => ["outputs", "rejections", "go", "java"].into_iter().any(by),
            _ => block.checks().iter().all(|check| by(check)),
        }
    }

    /// The census as the page shows it.
    pub fn table(&self, versions: &str, defects: usize) -> String {
        let mut columns: Vec<&str> = COLUMNS.iter().map(|(_, title)| *title).collect();
        columns.insert(1, OUTPUTS);
        let used = |title: &&str| self.blocks.iter().any(|block| column(block) == *title);
        columns.retain(used);
        let mut table = format!("| Page | {} | Blocks | Verified |\n", columns.join(" | "));
        table += &format!("|---|{}\n", "--:|".repeat(columns.len() + 2));
        let pages: BTreeSet<(usize, &str)> = self
            .blocks
            .iter()
            .map(|block| (block.number, block.title.as_str()))
            .collect();
        for (number, title) in pages {
            let blocks: Vec<&Block> = self
                .blocks
                .iter()
                .filter(|block| block.number == number)
                .collect();
            table += &self.row(title, &columns, &blocks);
        }
        table += &self.row("**All**", &columns, &self.blocks.iter().collect::<Vec<_>>());
        let skipped = |word| self.blocks.iter().filter(|block| block.has(word)).count();
        let (programs, runs) = (self.programs, self.runs);
        let cells: usize = self.tables.iter().map(|table| table.cells).sum();
        let often = self.tables.iter().map(|table| table.runs).min();
        let often = often.unwrap_or_default();
        table += &format!(
            "\nBlocks marked `ignore`: {}. Marked `no_run`: {}. There is no list of exceptions.\n\n\
             {programs} programs ran {runs} times in all, on a machine kept busy. Every run agreed \
             with its page.\n\n\
             Generated tables: {}, with {cells} cells; each was run {often} times.\n\n\
             Defects planted to test the checks: {defects}. Every one is caught.\n\n{versions}\n",
            skipped("ignore"),
            skipped("no_run"),
            self.tables.len(),
        );
        table
    }

    fn row(&self, title: &str, columns: &[&str], blocks: &[&Block]) -> String {
        let count = |title: &&str| {
            blocks
                .iter()
                .filter(|block| column(block) == *title)
                .count()
        };
        let cells: Vec<String> = columns
            .iter()
            .map(count)
            .map(|count| count.to_string())
            .collect();
        let verified = blocks
            .iter()
            .filter(|block| self.is_verified(block))
            .count();
        let percent = verified * 100 / blocks.len();
        format!(
            "| {title} | {} | {} | {percent} % |\n",
            cells.join(" | "),
            blocks.len()
        )
    }
}

/// The column a block is counted in.
fn column(block: &Block) -> &'static str {
    if block.words[0] == "text" {
        return OUTPUTS;
    }
    let check = block.checks()[0];
    COLUMNS
        .iter()
        .find(|(name, _)| *name == check)
        .map_or(OUTPUTS, |(_, title)| title)
}

fn notes<T: DeserializeOwned>(dir: &Path) -> Result<Vec<T>> {
    let entries = fs::read_dir(dir).with_context(|| format!("no notes in {}", dir.display()))?;
    let read = |entry: std::io::Result<fs::DirEntry>| {
        let path = entry?.path();
        serde_json::from_slice(&fs::read(&path)?).with_context(|| path.display().to_string())
    };
    entries.map(read).collect()
}
