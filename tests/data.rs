//! Every `toml`, `json` and `yaml` block is valid: its format's own parser reads it.

use libtest_mimic::Completion;
use support::book::Block;
use support::report::{self, Outcome};

mod support;

fn main() {
    let book = support::book();
    let blocks = book.pages.into_iter().flat_map(|page| page.blocks);
    let data = blocks.filter(|block| ["toml", "json", "yaml"].contains(&block.kind()));
    report::run(data.map(|block| report::trial("data", vec![block], |blocks| check(&blocks[0]))));
}

fn check(block: &Block) -> Outcome {
    let text = &block.text;
    let parsed = match block.kind() {
        "toml" => toml::from_str::<toml::Table>(text)
            .err()
            .map(|error| error.to_string()),
        "json" => serde_json::from_str::<serde_json::Value>(text)
            .err()
            .map(|error| error.to_string()),
        _ => serde_saphyr::from_str::<serde_json::Value>(text)
            .err()
            .map(|error| error.to_string()),
    };
    match parsed {
        None => Ok(Completion::Completed),
        Some(error) => Err(format!("expected {}, found: {error}", block.kind()).into()),
    }
}
