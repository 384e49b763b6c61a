//! Reads a book as mdBook does.

use std::fs;
use std::path::Path;

use mdbook_driver::MDBook;
use mdbook_driver::book::BookItem;
use mdbook_driver::builtin_renderers::MarkdownRenderer;
use mdbook_driver::config::Config;
use mdbook_driver::errors::Result;

use crate::book::{Block, Book, Page};
use crate::markdown::{Fence, fences, sections, unfenced};

/// Reads the book at `root` and renders it to `html`.
///
/// The preprocessors of `book.toml` are left out: they run cargo, which is waiting for us.
pub fn book(root: &Path, html: &Path) -> Result<Book> {
    let mut config = Config::from_disk(root.join("book.toml"))?;
    config.set(
        "preprocessor",
        std::collections::BTreeMap::<String, String>::new(),
    )?;
    config.build.build_dir = html.to_owned();
    let book = MDBook::load_with_config(root, config)?;
    book.build()?;
    let (expanded, _) = book.preprocess_book(&MarkdownRenderer::new())?;
    let src = book.source_dir();
    let mut pages = Vec::new();
    for item in expanded.iter() {
        if let BookItem::Chapter(chapter) = item
            && let Some(path) = &chapter.source_path
        {
            let markdown = fs::read_to_string(src.join(path))?.replace("\r\n", "\n");
            let path = format!("src/{}", path.display()).replace('\\', "/");
            pages.push(page(path, markdown, chapter.content.clone()));
        }
    }
    Ok(Book {
        root: root.to_owned(),
        html: html.to_owned(),
        pages,
    })
}

fn page(path: String, markdown: String, expanded: String) -> Page {
    let written = fences(&markdown);
    let shown = fences(&expanded);
    assert_eq!(
        written.len(),
        shown.len(),
        "{path}: an include brings fences of its own; put it inside a fence, or include prose"
    );
    let block = |(written, shown): (Fence, Fence)| Block {
        page: path.clone(),
        line: written.line,
        words: written.info.split([',', ' ']).map(str::to_owned).collect(),
        source: written.text,
        text: shown.text,
        paragraph_under: written.paragraph_under,
    };
    let blocks = written.into_iter().zip(shown).map(block).collect();
    let (sections, unfenced) = (sections(&markdown), unfenced(&markdown));
    Page {
        path,
        markdown,
        expanded,
        blocks,
        sections,
        unfenced,
    }
}

/// The page as skeptic gets it: as mdBook expands it, less the blocks that have a check of their
/// own (rejected programs, quotations), whose fences no longer say `rust`.
pub fn for_skeptic(page: &Page) -> String {
    let mut lines: Vec<String> = page.expanded.lines().map(str::to_owned).collect();
    for (fence, block) in fences(&page.expanded).iter().zip(&page.blocks) {
        if block.has("compile_fail") || block.quotes().is_some() {
            let opening = &mut lines[fence.line - 1];
            *opening = opening.replacen("```rust", "```checked", 1);
        }
    }
    lines.join("\n")
}
