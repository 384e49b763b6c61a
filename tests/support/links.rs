//! Links between the pages, read off the HTML that mdBook made of them.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::{fs, io};

use regex::Regex;

use super::book::{Book, Page};

static LINK: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"<(?:a|img)\s[^>]*?(?:href|src)="([^"]+)""#).expect("well-formed")
});
static ID: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#"\bid="([^"]+)""#).expect("well-formed"));

static CODE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new("(?s)<code.*?</code>").expect("well-formed"));
/// A reference link without its definition: mdBook shows the brackets.
static UNDEFINED: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\]\[[^\]]*\]").expect("well-formed"));

/// Links of the page that lead to no file, or to no heading, of the book.
pub fn broken(book: &Book, page: &Page) -> Vec<String> {
    let file = html(book, &page.path);
    match read(&file) {
        Err(error) => vec![format!(
            "{}:1: mdBook made no page of it: {error}",
            page.path
        )],
        Ok(content) => {
            let links = LINK
                .captures_iter(&content)
                .map(|found| found[1].to_owned());
            let internal =
                links.filter(|link| !link.contains("://") && !link.starts_with("mailto:"));
            let text = CODE.replace_all(&content, "");
            let undefined = UNDEFINED
                .find_iter(&text)
                .map(|found| place(page, found.as_str()));
            internal
                .filter_map(|link| dead_end(&file, &link))
                .map(|dead| place(page, &dead))
                .chain(undefined)
                .collect()
        }
    }
}

/// The link, if it leads nowhere from this file.
fn dead_end(from: &Path, link: &str) -> Option<String> {
    let (path, fragment) = link.split_once('#').unwrap_or((link, ""));
    let target = match path {
        "" => from.to_owned(),
        path => from.parent()?.join(path),
    };
    let content = match read(&target) {
        Ok(content) => content,
        Err(_) => return Some(link.to_owned()),
    };
    let reached = fragment.is_empty() || ID.captures_iter(&content).any(|id| &id[1] == fragment);
    (!reached).then(|| link.to_owned())
}

/// The part of a rendered page that came from its Markdown; other files as they are.
fn read(file: &Path) -> io::Result<String> {
    let content = fs::read(file)?;
    let content = String::from_utf8_lossy(&content).into_owned();
    let main = content
        .split("<main>")
        .nth(1)
        .and_then(|rest| rest.split("</main>").next());
    Ok(main.map_or(content.clone(), str::to_owned))
}

fn html(book: &Book, page: &str) -> PathBuf {
    let page = page.trim_start_matches("src/");
    book.html.join(page).with_extension("html")
}

/// Where on the page the link stands, as far as its text can be found.
fn place(page: &Page, link: &str) -> String {
    let written = link.replace(".html", ".md");
    let line = page
        .markdown
        .lines()
        .position(|line| line.contains(&written))
        .map_or(1, |line| line + 1);
    format!("{}:{line}: the link {written:?} leads nowhere", page.path)
}
