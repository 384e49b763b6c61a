//! The anatomy of a lesson: what every page of the five parts keeps to.

use super::book::{Page, Section};

/// The sections of a lesson, in their order; those marked `true` are never left out.
const SECTIONS: [(&str, bool); 9] = [
    ("In Go", false),
    ("Predict", true),
    ("In Rust", true),
    ("What the compiler catches, and what it does not", false),
    ("The picture", false),
    ("In production", false),
    ("Rules", true),
    ("Try it", false),
    ("About the source", true),
];
const LESSONS: [&str; 5] = ["trap", "foundations", "misuse", "practice", "architecture"];

/// How the page departs from the anatomy of a lesson; empty for pages that are none.
pub fn departures(page: &Page) -> Vec<String> {
    let part = page.path.split('/').nth(1).unwrap_or_default();
    if !LESSONS.contains(&part) {
        return Vec::new();
    }
    let mut found = Vec::new();
    let mut wrong = |line: usize, what: String| found.push(format!("{}:{line}: {what}", page.path));
    let [_, title, sections @ ..] = page.sections.as_slice() else {
        return vec![format!("{}:1: the page has no title", page.path)];
    };
    if title.level != 1 || title.quoted_words == 0 || title.quoted_words > 50 {
        wrong(
            title.line,
            "under the title stands the rule: a block quote of one or two sentences".into(),
        );
    }
    let mut expected = SECTIONS.iter();
    for section in sections.iter().filter(|section| section.level == 2) {
        if !expected.any(|(name, _)| *name == section.title) {
            wrong(
                section.line,
                format!(
                    "the section {:?} is none of a lesson, or stands out of order",
                    section.title
                ),
            );
        }
    }
    for (name, _) in SECTIONS.iter().filter(|(_, needed)| *needed) {
        if !sections.iter().any(|section| section.title == *name) {
            wrong(1, format!("a lesson has a section {name:?}"));
        }
    }
    let words: usize = page.sections.iter().map(|section| section.words).sum();
    if !(600..=1500).contains(&words) {
        wrong(
            1,
            format!("a lesson has 600 to 1,500 words of prose; this one has {words}"),
        );
    }
    for section in sections {
        let (least, most) = items(section);
        if !(least..=most).contains(&section.list_items) {
            wrong(
                section.line,
                format!(
                    "{:?} has {least} to {most} items, not {}",
                    section.title, section.list_items
                ),
            );
        }
    }
    found.extend(predict(page));
    found
}

/// How many list items a section has: the options and their explanations, the rules.
fn items(section: &Section) -> (usize, usize) {
    match section.title.as_str() {
        "Predict" => (5, 8),
        "Rules" => (3, 5),
        _ => (0, usize::MAX),
    }
}

/// The question is asked about a program, and its answer is folded and shows the program's output.
fn predict(page: &Page) -> Option<String> {
    let start = page
        .sections
        .iter()
        .position(|section| section.title == "Predict")?;
    let end = page
        .sections
        .get(start + 1)
        .map_or(usize::MAX, |section| section.line);
    let line = page.sections[start].line;
    let inside = |kind: &str| {
        page.blocks
            .iter()
            .any(|block| block.kind() == kind && (line..end).contains(&block.line))
    };
    let folded = page
        .markdown
        .lines()
        .skip(line)
        .take(end - line)
        .any(|line| line == "<details>");
    (!inside("rust") || !inside("text") || !folded).then(|| {
        format!(
            "{}:{line}: Predict has a rust program and, in <details>, its output",
            page.path
        )
    })
}
