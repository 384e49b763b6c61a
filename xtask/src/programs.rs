//! What stands under the Rust programs of a page: the versions they were
//! written with, and a link that runs them on the playground.

mod block;
mod source;

use std::collections::BTreeSet;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::versions::Versions;
use block::Block;
use source::Source;

/// What the playground has, of the crates that pages use.
const PLAYGROUND: [&str; 3] = ["futures", "tokio", "tokio_util"];

/// `page` with a line under its first program that names the versions, and a
/// Run link under every program the playground can run.
pub fn annotate(page: &str, versions: &Versions) -> String {
    let blocks = block::rust(page);
    let names = blocks.iter().flat_map(|b| b.source.roots.clone()).collect();
    let first = blocks.iter().position(|block| block.source.has_main);
    let mut annotated = String::with_capacity(page.len());
    let mut copied = 0;
    for (i, block) in blocks.iter().enumerate() {
        let note = (first == Some(i)).then(|| note(versions, &names));
        let run = runs(block, versions).then(|| link(&block.source, &versions.edition));
        let under: String = note.into_iter().chain(run).collect();
        if under.is_empty() {
            continue;
        }
        annotated.push_str(&page[copied..block.end]);
        // A blank line ends the HTML, whatever the page goes on with.
        let prefix = block.prefix.as_str();
        annotated.push_str(&format!(
            "\n{prefix}<div class=\"program\">{under}</div>\n{}\n",
            prefix.trim_end()
        ));
        copied = page.len().min(block.end + 1);
    }
    annotated.push_str(&page[copied..]);
    annotated
}

fn note(versions: &Versions, names: &BTreeSet<String>) -> String {
    format!("<span class=\"versions\">{}</span>", versions.line(names))
}

fn runs(block: &Block, versions: &Versions) -> bool {
    block.source.has_main
        && !block.words.contains(&"compile_fail")
        && versions
            .crates(&block.source.roots)
            .all(|name| PLAYGROUND.contains(&name))
}

fn link(source: &Source, edition: &str) -> String {
    let code = utf8_percent_encode(&source.text, NON_ALPHANUMERIC);
    format!(
        "<a class=\"run\" target=\"_blank\" rel=\"noopener\" \
         aria-label=\"Run this program on the Rust playground, in a new tab\" \
         href=\"https://play.rust-lang.org/?version=stable&amp;mode=debug&amp;\
         edition={edition}&amp;code={code}\">Run</a>"
    )
}

#[cfg(test)]
mod tests;
