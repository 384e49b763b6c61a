//! Every `rust` block compiles under edition 2024 and runs to the end: skeptic extracts and runs
//! them, one test a block.

use std::sync::Once;

mod support;

/// What skeptic's generated tests call: skeptic itself, told of the book's compiler.
mod rt {
    use super::support::{book::Block, report};

    pub fn run_test(root: &str, out: &str, triple: &str, text: &str) {
        super::prepare();
        let program = text.trim_start_matches('\n');
        let book = super::support::book();
        let blocks = book.pages.iter().flat_map(|page| &page.blocks);
        let same = |block: &&Block| {
            block.kind() == "rust" && block.program().trim_start_matches('\n') == program
        };
        // A page may show a program twice.
        let blocks: Vec<&Block> = blocks.filter(same).collect();
        let record = || {
            blocks
                .iter()
                .for_each(|block| report::record("snippets", block, 1))
        };
        blocks
            .iter()
            .for_each(|block| eprintln!("{}:", block.place()));
        // skeptic panics where the program does: what comes after it is not reached.
        if blocks.iter().any(|block| block.has("should_panic")) {
            record();
        }
        skeptic::rt::run_test(root, out, triple, program);
        record();
    }
}

fn prepare() {
    static PREPARED: Once = Once::new();
    PREPARED.call_once(|| {
        let compiler = support::crates::compiler();
        let shim = ("RUSTC", env!("CARGO_BIN_EXE_snippet-rustc").to_owned());
        for (name, value) in compiler.variables().into_iter().chain([shim]) {
            // SAFETY: every test waits here first, and nothing in this process reads the
            // environment other than through `std::env`, which has its own lock.
            unsafe { std::env::set_var(name, value) }
        }
    });
}

include!(concat!(env!("OUT_DIR"), "/snippets.rs"));
