//! Every `rust` block compiles under edition 2024 and runs to the end: skeptic extracts and runs
//! them, one test a block.

use std::sync::Once;

mod support;

/// What skeptic's generated tests call: skeptic itself, told of the book's compiler.
mod rt {
    pub fn run_test(root: &str, out: &str, triple: &str, text: &str) {
        super::prepare();
        let program = text.trim_start_matches('\n');
        let book = super::support::book();
        let block = book.pages.iter().flat_map(|page| &page.blocks);
        let block = block
            .into_iter()
            .find(|block| block.kind() == "rust" && block.program() == program);
        let block = block.expect("skeptic extracts what build.rs found");
        eprintln!("{}:", block.place());
        if block.has("should_panic") {
            super::support::report::record("snippets", block, 1);
        }
        skeptic::rt::run_test(root, out, triple, program);
        super::support::report::record("snippets", block, 1);
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
