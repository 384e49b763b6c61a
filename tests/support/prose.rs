//! The prose of the pages, and the look of their code: what a reader would cut, or not see whole.

use super::book::Page;

/// Words a reader would cut, whatever they stand for.
const FILLER: [&str; 12] = [
    "it is worth noting",
    "simply ",
    "seamless",
    "powerful",
    "leverage",
    "delve",
    "let's",
    "under the hood",
    "in this chapter",
    "in this section",
    "of course",
    "obviously",
];
const PROSE_COLUMNS: usize = 80;
const CODE_COLUMNS: usize = 72;

/// Lines that are too long, mermaid without words, words that a reader would cut.
pub fn blemishes(page: &Page) -> Vec<String> {
    let mut found = Vec::new();
    for block in &page.blocks {
        let visible = block.text.lines().filter(|line| !line.starts_with("# "));
        let wide = visible
            .filter(|line| line.chars().count() > CODE_COLUMNS)
            .count();
        if wide > 0 && ["rust", "go", "java"].contains(&block.kind()) && !block.has("compile_fail")
        {
            found.push(format!(
                "{}: {wide} lines of code are longer than {CODE_COLUMNS} columns",
                block.place()
            ));
        }
        if block.kind() == "mermaid" && !block.paragraph_under {
            found.push(format!(
                "{}: under a picture stands a paragraph that says it in words",
                block.place()
            ));
        }
    }
    let mut in_fence = false;
    for (line, text) in (1..).zip(page.markdown.lines()) {
        in_fence ^= text.trim_start().starts_with("```");
        let place = format!("{}:{line}", page.path);
        let breakable = !text.contains("](") && !text.contains("]: ") && !text.starts_with('|');
        if !in_fence && breakable && text.chars().count() > PROSE_COLUMNS {
            found.push(format!(
                "{place}: the line is longer than {PROSE_COLUMNS} columns"
            ));
        }
        let lower = text.to_lowercase();
        let filler = FILLER
            .iter()
            .filter(|filler| !in_fence && lower.contains(*filler));
        found.extend(filler.map(|filler| format!("{place}: cut {:?}", filler.trim())));
    }
    found
}
