//! Code quoted from inside a function, without that function's indentation.

use mdbook_markdown::pulldown_cmark::{CodeBlockKind, Event, Tag};
use mdbook_markdown::{MarkdownOptions, new_cmark_parser};

/// `page` with every Rust block moved to the left margin: a narrow screen has no room for an
/// indentation that says nothing. Blocks in lists and quotes stay as they are.
pub fn dedent(page: &str) -> String {
    let parser = new_cmark_parser(page, &MarkdownOptions::default());
    let mut dedented = String::with_capacity(page.len());
    let mut copied = 0;
    for (event, span) in parser.into_offset_iter() {
        let Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) = event else {
            continue;
        };
        let at_margin = span.start == 0 || page[..span.start].ends_with('\n');
        if !info.starts_with("rust") || !at_margin {
            continue;
        }
        let lines: Vec<&str> = page[span.clone()].split_inclusive('\n').collect();
        let [first, code @ .., last] = lines.as_slice() else {
            continue;
        };
        let indent = |line: &&&str| line.len() - line.trim_start_matches(' ').len();
        let written = code.iter().filter(|line| !line.trim().is_empty());
        let margin = written.map(|line| indent(&line)).min().unwrap_or(0);
        dedented.push_str(&page[copied..span.start]);
        dedented.push_str(first);
        for line in code {
            dedented.push_str(line.get(margin..).unwrap_or("\n"));
        }
        dedented.push_str(last);
        copied = span.end;
    }
    dedented.push_str(&page[copied..]);
    dedented
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quote_loses_what_all_its_lines_start_with() {
        let page = "Of it:\n\n```rust\n    if x {\n\n        y();\n    }\n```\n\nEnd.\n";
        let left = "Of it:\n\n```rust\nif x {\n\n    y();\n}\n```\n\nEnd.\n";
        assert_eq!(dedent(page), left);
    }

    #[test]
    fn a_program_and_a_list_stay_as_they_are() {
        for page in [
            "```rust\nfn main() {\n    x();\n}\n```\n",
            "- a list\n\n  ```rust\n      x();\n  ```\n",
            "```rust\n```\n",
            "```text\n    42\n```\n",
            "    an indented block\n",
        ] {
            assert_eq!(dedent(page), page);
        }
    }
}
