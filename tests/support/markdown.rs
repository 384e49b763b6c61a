//! What a page's Markdown holds, read by the parser mdBook uses, with its options.

use mdbook_markdown::pulldown_cmark::{CodeBlockKind, Event, Parser, Tag, TagEnd};
use mdbook_markdown::{MarkdownOptions, new_cmark_parser};

use crate::book::Section;

/// A fenced block.
pub struct Fence {
    pub line: usize,
    pub info: String,
    pub text: String,
    pub paragraph_under: bool,
}

pub fn fences(markdown: &str) -> Vec<Fence> {
    let mut fences: Vec<Fence> = Vec::new();
    let (mut inside, mut just_closed) = (false, false);
    for (event, range) in parser(markdown).into_offset_iter() {
        match (&event, fences.last_mut()) {
            (Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))), _) => {
                let line = line(markdown, range.start);
                fences.push(Fence {
                    line,
                    info: info.to_string(),
                    text: String::new(),
                    paragraph_under: false,
                });
                inside = true;
            }
            (Event::Text(text), Some(fence)) if inside => fence.text.push_str(text),
            (Event::Start(Tag::Paragraph), Some(fence)) if just_closed => {
                fence.paragraph_under = true
            }
            _ => {}
        }
        just_closed = inside && matches!(event, Event::End(TagEnd::CodeBlock));
        inside &= !just_closed;
    }
    fences
}

/// The lines where code stands that is no fence: indented, or swallowed by HTML.
pub fn unfenced(markdown: &str) -> Vec<usize> {
    let code = |event: &Event, text: &str| match event {
        Event::Start(Tag::CodeBlock(CodeBlockKind::Indented)) => true,
        Event::Start(Tag::HtmlBlock) if text.starts_with("<!--") => false,
        Event::Start(Tag::HtmlBlock) => ["```", "~~~", "<pre"]
            .iter()
            .any(|code| text.contains(code)),
        _ => false,
    };
    parser(markdown)
        .into_offset_iter()
        .filter(|(event, range)| code(event, &markdown[range.clone()]))
        .map(|(_, range)| line(markdown, range.start))
        .collect()
}

pub fn sections(markdown: &str) -> Vec<Section> {
    let mut sections: Vec<Section> = vec![Section::default()];
    let (mut in_code, mut in_heading, mut in_quote) = (false, false, false);
    for (event, range) in parser(markdown).into_offset_iter() {
        if let Event::Start(Tag::Heading { level, .. }) = event {
            let line = line(markdown, range.start);
            sections.push(Section {
                level: level as u8,
                line,
                ..Section::default()
            });
        }
        match &event {
            Event::Start(Tag::CodeBlock(_)) => in_code = true,
            Event::End(TagEnd::CodeBlock) => in_code = false,
            Event::Start(Tag::Heading { .. }) => in_heading = true,
            Event::End(TagEnd::Heading(_)) => in_heading = false,
            Event::Start(Tag::BlockQuote(_)) => in_quote = true,
            Event::End(TagEnd::BlockQuote(_)) => in_quote = false,
            _ => {}
        }
        let section = sections.last_mut().expect("one was there from the start");
        match event {
            Event::Start(Tag::Item) => section.list_items += 1,
            Event::Text(text) | Event::Code(text) if in_heading => section.title.push_str(&text),
            Event::Text(text) | Event::Code(text) if !in_code => {
                let words = text.split_whitespace().count();
                section.words += words;
                section.quoted_words += if in_quote { words } else { 0 };
            }
            _ => {}
        }
    }
    sections
}

fn parser(markdown: &str) -> Parser<'_> {
    let mut options = MarkdownOptions::default();
    options.smart_punctuation = false; // it splits a text at every quotation mark
    new_cmark_parser(markdown, &options)
}

fn line(markdown: &str, offset: usize) -> usize {
    1 + markdown[..offset].matches('\n').count()
}
