//! The Rust blocks of a page, as mdBook's own parser sees them.

use mdbook_markdown::pulldown_cmark::{CodeBlockKind, Event, Tag, TagEnd};
use mdbook_markdown::{MarkdownOptions, new_cmark_parser};

use super::source::Source;

pub struct Block<'page> {
    /// The info string's words after `rust`.
    pub words: Vec<&'page str>,
    pub source: Source,
    /// Where the block ends in the page, its last line break excluded.
    pub end: usize,
    /// What every line beside the block starts with: the `>` of the quotes and
    /// the indentation of the lists it stands in.
    pub prefix: String,
}

/// Every fenced block of `page` whose language is `rust`.
pub fn rust(page: &str) -> Vec<Block<'_>> {
    let parser = new_cmark_parser(page, &MarkdownOptions::default());
    let mut blocks = Vec::new();
    let mut code = None;
    for (event, span) in parser.into_offset_iter() {
        match event {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(_))) => {
                code = info(page, span.start).map(|words| (words, String::new()));
            }
            Event::Text(text) => {
                if let Some((_, code)) = &mut code {
                    code.push_str(&text);
                }
            }
            Event::End(TagEnd::CodeBlock) => {
                if let Some((words, code)) = code.take() {
                    blocks.push(Block {
                        words,
                        source: Source::read(&code),
                        end: span.start + page[span.clone()].trim_end_matches(['\r', '\n']).len(),
                        prefix: prefix(page, span.start),
                    });
                }
            }
            _ => {}
        }
    }
    blocks
}

/// The words after `rust` of the fence at `start`, if it is a Rust fence.
fn info(page: &str, start: usize) -> Option<Vec<&str>> {
    let fence = page[start..].lines().next()?.trim_start_matches(['`', '~']);
    let mut words = fence
        .split([' ', '\t', ','])
        .filter(|word| !word.is_empty());
    (words.next()? == "rust").then(|| words.collect())
}

fn prefix(page: &str, start: usize) -> String {
    let line = page[..start].rfind('\n').map_or(0, |newline| newline + 1);
    page[line..start]
        .chars()
        .map(|c| if c == '>' || c == '\t' { c } else { ' ' })
        .collect()
}
