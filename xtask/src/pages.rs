//! The book's one preprocessor: quotes at the margin, diagrams, versions, Run links.

use std::io::{Read, Write};

use anyhow::{Context, Result};
use mdbook_mermaid::Mermaid;
use mdbook_preprocessor::book::Book;
use mdbook_preprocessor::{Preprocessor, PreprocessorContext, parse_input};

use crate::programs;
use crate::quotes;
use crate::versions::Versions;

/// `[preprocessor.pages]` of `book.toml`.
pub struct Pages;

impl Preprocessor for Pages {
    fn name(&self) -> &str {
        "pages"
    }

    fn run(&self, context: &PreprocessorContext, mut book: Book) -> Result<Book> {
        let versions = Versions::read(&context.root, context.config.rust.edition)?;
        book.for_each_chapter_mut(|page| {
            page.content = programs::annotate(&quotes::dedent(&page.content), &versions);
        });
        Mermaid.run(context, book)
    }

    fn supports_renderer(&self, renderer: &str) -> Result<bool> {
        Ok(supports(renderer))
    }
}

/// Whether pages rendered by `renderer` can hold what [`Pages`] adds.
pub fn supports(renderer: &str) -> bool {
    renderer == "html"
}

/// mdBook's protocol for an external preprocessor: a book in, a book out.
///
/// # Errors
/// If `input` is not what mdBook sends, or `Cargo.lock` or
/// `rust-toolchain.toml` can't be read.
pub fn filter(input: impl Read, output: impl Write) -> Result<()> {
    let (context, book) =
        parse_input(input).context("this is for mdbook to call; use `cargo xtask build`")?;
    let book = Pages.run(&context, book)?;
    Ok(serde_json::to_writer(output, &book)?)
}
