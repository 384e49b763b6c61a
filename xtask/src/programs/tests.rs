use super::*;
use mdbook_markdown::pulldown_cmark::{Event, Tag, TagEnd};
use mdbook_markdown::{MarkdownOptions, new_cmark_parser};

const MAIN: &str = "```rust\nfn main() {}\n```\n";
const VERSIONS: &str = "<span class=\"versions\">rustc 1.95.0 · edition 2024</span>";

fn annotated(page: &str) -> String {
    annotate(page, &Versions::sample())
}

fn runs_of(page: &str) -> usize {
    annotated(page).matches(">Run</a>").count()
}

#[test]
fn versions_stand_once_under_the_first_program() {
    let page = format!("```rust\nstruct Order;\n```\n\n{MAIN}\n{MAIN}");
    let page = annotated(&page);
    assert_eq!(page.matches(VERSIONS).count(), 1);
    assert!(page.starts_with("```rust\nstruct Order;\n```\n\n```rust\nfn main() {}\n```\n<div"));
}

#[test]
fn a_program_without_run_link_still_has_its_versions() {
    let page = annotated("```rust,compile_fail,E0382\nfn main() { x }\n```\n");
    assert!(page.contains(VERSIONS));
    assert!(!page.contains(">Run</a>"));
}

#[test]
fn the_link_holds_the_whole_program_and_survives_html() {
    let page = annotated("```rust\n# use std::fs;\nfn main() { \"a&b\"; }\n```\n");
    let code = "code=use%20std%3A%3Afs%3B%0Afn%20main%28%29%20%7B%20%22a%26b%22%3B%20%7D%0A\"";
    assert!(page.contains(code), "{page}");
    assert!(page.contains("&amp;edition=2024&amp;"));
    assert!(page.contains("target=\"_blank\" rel=\"noopener\""));
}

#[test]
fn only_what_the_playground_can_run_has_a_link() {
    let with = |line: &str| format!("```rust\n{line}\nfn main() {{}}\n```\n");
    assert_eq!(runs_of(MAIN), 1);
    assert_eq!(
        runs_of(&with("use tokio_util::sync::CancellationToken;")),
        1
    );
    assert_eq!(runs_of(&with("use scopeguard::guard;")), 0);
    assert_eq!(runs_of(&with("use companion::orders;")), 0);
    assert_eq!(runs_of(&MAIN.replace("rust", "rust,should_panic")), 1);
    assert_eq!(runs_of(&MAIN.replace("rust", "rust,compile_fail,E0499")), 0);
    assert_eq!(runs_of("```rust\nstruct Order;\n```\n"), 0);
}

#[test]
fn other_blocks_are_left_alone() {
    for page in [
        "```go\npackage main\n```\n",
        "    fn main() {}\n",
        "````text\n```rust\nfn main() {}\n```\n````\n",
        "<!--\n```rust\nfn main() {}\n```\n-->\n",
    ] {
        assert_eq!(annotated(page), page);
    }
}

#[test]
fn a_block_within_details_gets_its_link() {
    let page = annotated(&format!(
        "<details>\n<summary>Answer</summary>\n\n{MAIN}\n</details>\n"
    ));
    assert!(page.contains("```\n<div class=\"program\">"));
    assert!(page.ends_with("</div>\n\n\n</details>\n"));
}

/// The events of `page` without its HTML, and without the paragraphs that a
/// loose list adds.
fn outline(page: &str) -> Vec<String> {
    let mut in_html = false;
    new_cmark_parser(page, &MarkdownOptions::default())
        .filter(|event| {
            let end = matches!(event, Event::End(TagEnd::HtmlBlock));
            in_html = !end && (in_html || matches!(event, Event::Start(Tag::HtmlBlock)));
            !in_html && !end
        })
        .map(|event| format!("{event:?}"))
        .filter(|event| !event.contains("Paragraph"))
        .collect()
}

#[test]
fn what_a_block_stands_in_stays_whole() {
    for page in [
        "- an order\n\n  ```rust\n  fn main() {}\n  ```\n  its text\n\n- another\n",
        "1. an order\n   ```rust\n   fn main() {}\n   ```\n2. another\n",
        "> [!NOTE]\n> ```rust\n> fn main() {}\n> ```\n> its text\n\nmore\n",
        "- > ```rust\n  > fn main() {}\n  > ```\n  > text\n",
        "Term\n: meaning\n\n  ```rust\n  fn main() {}\n  ```\n  text\n\nmore\n",
        "   ```rust\n   fn main() {}\n   ```\ntext at once\n",
        "~~~rust\r\nfn main() {}\r\n~~~\r\ntext\r\n",
        "text[^1]\n\n[^1]: a note\n\n    ```rust\n    fn main() {}\n    ```\n",
        "```rust\nfn main() {}\n```",
    ] {
        let annotated = annotated(page);
        assert_eq!(runs_of(page), 1, "{annotated}");
        assert_eq!(outline(page), outline(&annotated), "{annotated}");
    }
}

#[test]
fn what_is_added_is_html_and_not_text() {
    let annotated = annotated("- ```rust\n  fn main() {}\n  ```\n");
    let html = new_cmark_parser(&annotated, &MarkdownOptions::default())
        .filter(|event| matches!(event, Event::Start(Tag::HtmlBlock)))
        .count();
    assert_eq!(html, 1);
}
