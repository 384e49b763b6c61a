//! Every `mermaid` block draws, in a light and in a dark theme, in a real browser, with the
//! mermaid that the site ships.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, LazyLock};
use std::{env, fs};

use libtest_mimic::Completion;
use support::book::Block;
use support::report::{self, Outcome};
use support::{process, root, scratch, tools};

mod support;

static BROWSER: LazyLock<Result<(), String>> =
    LazyLock::new(|| tools::require("chromium", &["--version"]));

/// What draws them, in the browser.
const PAGE: &str = include_str!("support/diagrams.html");

/// For each diagram, by its index: what went wrong, or the empty string.
type Drawn = BTreeMap<String, String>;

fn main() {
    let book = support::book();
    let blocks = book.pages.into_iter().flat_map(|page| page.blocks);
    let diagrams: Vec<Block> = blocks.filter(|block| block.kind() == "mermaid").collect();
    let sources: Vec<String> = diagrams.iter().map(|block| block.text.clone()).collect();
    // One browser draws them all, when the first trial asks.
    let drawn = Arc::new(LazyLock::new(move || draw(&sources)));
    report::run(diagrams.into_iter().enumerate().map(|(index, block)| {
        let drawn = Arc::clone(&drawn);
        report::trial("diagrams", vec![block], move |_| -> Outcome {
            if let Err(missing) = &*BROWSER {
                return report::skip(missing);
            }
            let drawn = (**drawn).as_ref().map_err(String::as_str)?;
            match drawn.get(&index.to_string()).map(String::as_str) {
                Some("") => Ok(Completion::Completed),
                wrong => {
                    Err(format!("mermaid cannot draw it: {}", wrong.unwrap_or("no answer")).into())
                }
            }
        })
    }));
}

/// Draws every diagram in every theme and reads what the page in the browser says of it. What was
/// drawn before, from the same sources, is not drawn again.
fn draw(sources: &[String]) -> Result<Drawn, String> {
    let mermaid =
        fs::canonicalize(root().join("src/mermaid.min.js")).map_err(|error| error.to_string())?;
    let mut hash = DefaultHasher::new();
    (
        (sources, PAGE),
        fs::read(&mermaid).map_err(|error| error.to_string())?,
        tools::pinned("chromium"),
    )
        .hash(&mut hash);
    let dir = scratch("diagrams").join(format!("{:016x}", hash.finish()));
    let kept = dir.join("answer.json");
    if let Some(drawn) = fs::read(&kept)
        .ok()
        .and_then(|json| serde_json::from_slice(&json).ok())
    {
        return Ok(drawn);
    }
    let page = dir.join("diagrams.html");
    let html = PAGE
        .replace("MERMAID", &mermaid.display().to_string())
        .replace(
            "SOURCES",
            &serde_json::to_string(sources)
                .map_err(|error| error.to_string())?
                .replace("</", "<\\/"),
        );
    let write = fs::create_dir_all(&dir).and_then(|()| fs::write(&page, html));
    write.map_err(|error| format!("{}: {error}", page.display()))?;
    let dom = browse(&page, &dir)?;
    let answer = dom
        .split("<pre id=\"answer\">")
        .nth(1)
        .and_then(|rest| rest.split("</pre>").next());
    let answer = answer.map(|text| {
        text.replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&amp;", "&")
    });
    let answer = answer.unwrap_or_default();
    let drawn = serde_json::from_str(&answer)
        .map_err(|error| format!("the browser did not finish drawing: {error}\n{dom}"))?;
    fs::write(&kept, &answer).map_err(|error| error.to_string())?;
    Ok(drawn)
}

fn browse(page: &Path, dir: &Path) -> Result<String, String> {
    let profile = tempfile::tempdir_in(dir).map_err(|error| error.to_string())?;
    let mut chromium = Command::new("chromium");
    chromium.args([
        "--headless",
        "--disable-gpu",
        "--no-first-run",
        "--disable-background-networking",
    ]);
    chromium.args([
        "--disable-component-update",
        "--disable-sync",
        "--allow-file-access-from-files",
    ]);
    chromium.args(["--virtual-time-budget=60000", "--dump-dom"]);
    // Chromium refuses its sandbox to root, and containers run as root.
    if env::var("USER").map_or(true, |user| user == "root") {
        chromium.arg("--no-sandbox");
    }
    chromium
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .arg(page);
    let run = process::run(&mut chromium, process::TOOL).map_err(|error| error.to_string())?;
    match run.code() {
        Some(0) => Ok(run.stdout),
        _ => Err(format!("chromium: {}\n{}", run.ending(), run.stderr)),
    }
}
