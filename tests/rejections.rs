//! Every `rust,compile_fail,CODE` block is rejected with exactly that code, and the `text` block
//! under it is what rustc says.

use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock};

use libtest_mimic::Completion;
use regex::Regex;
use serde::Deserialize;
use support::book::Block;
use support::report::{self, Outcome};
use support::rustc::Compiler;
use support::{compare, crates};

mod support;

#[derive(Deserialize)]
struct Message {
    code: Option<Code>,
    level: String,
    rendered: String,
    spans: Vec<serde_json::Value>,
}

#[derive(Deserialize)]
struct Code {
    code: String,
}

/// What a program is rejected with when a name or a crate is missing: never the lesson.
const MISSING: [&str; 4] = ["E0432", "E0433", "E0425", "E0463"];

fn main() {
    let compiler = Arc::new(crates::compiler());
    let book = support::book();
    let programs = book.pages.iter().flat_map(|page| page.programs(&["rust"]));
    let rejected = programs.filter(|program| program[0].has("compile_fail"));
    report::run(rejected.map(|program| {
        let compiler = Arc::clone(&compiler);
        report::trial("rejections", program, move |program| {
            check(program, &compiler)
        })
    }));
}

fn check(program: &[Block], compiler: &Compiler) -> Outcome {
    let (program, texts) = (&program[0], &program[1..]);
    let messages = messages(program, compiler)?;
    let rendered: String = messages
        .iter()
        .map(|message| message.rendered.as_str())
        .collect();
    let codes = |message: &Message| message.code.as_ref().map(|code| code.code.clone());
    let found: BTreeSet<String> = messages.iter().filter_map(codes).collect();
    let words = program
        .words
        .iter()
        .skip(1)
        .filter(|word| *word != "compile_fail");
    let expected: BTreeSet<String> = words.cloned().collect();
    if messages.is_empty() {
        return Err("expected rustc to reject the program, and it compiles".into());
    }
    if let Some(missing) = MISSING.iter().find(|code| found.contains(**code)) {
        return Err(format!("a name or a crate is missing ({missing}):\n{rendered}").into());
    }
    for never in ["cannot find macro", "implied by `-D warnings`"] {
        if rendered.contains(never) {
            return Err(
                format!("rejected for a reason that is no lesson ({never}):\n{rendered}").into(),
            );
        }
    }
    if found != expected {
        return Err(format!("expected {expected:?}, found {found:?}:\n{rendered}").into());
    }
    let [text] = texts else {
        return Err(
            "expected one `text` block with rustc's message under the program: add an \
                    empty one and run `BLESS=1 cargo test --test rejections`"
                .into(),
        );
    };
    compare::output(text, &portable(&rendered))?;
    Ok(Completion::Completed)
}

/// The errors rustc reports on the program, without the closing count.
fn messages(program: &Block, compiler: &Compiler) -> Result<Vec<Message>, String> {
    let messages = compiler.messages(&program.program(), "2024")?;
    let parse = |line| serde_json::from_str(line).map_err(|error| format!("{error}: {line}"));
    let messages: Result<Vec<Message>, String> = messages.lines().map(parse).collect();
    let error = |message: &Message| message.level == "error" && !message.spans.is_empty();
    Ok(messages?.into_iter().filter(error).collect())
}

/// Names the sources of crates without the directories of this machine.
fn portable(message: &str) -> String {
    static SOURCES: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(
            r"(?:\S*/registry/src/[^/\s]+/|/rustc/[0-9a-f]+/|\S*/lib/rustlib/src/rust/)(\S+)",
        )
        .expect("the expression is well-formed")
    });
    SOURCES.replace_all(message, "$1").into_owned()
}
