//! Every `console` block: its commands, run from the repository's root, print what it shows.

use std::process::Command;

use libtest_mimic::Completion;
use support::book::Block;
use support::report::{self, Outcome};
use support::{compare, process, root};

mod support;

/// Columns that a page shows without a scroll bar.
const WIDTH: usize = 80;

/// One `$ command`, the exit code it announces with `? N`, and the output under it. As in a shell,
/// a line that ends with `\` goes on in the next.
struct Step {
    command: String,
    code: i32,
    output: String,
}

fn main() {
    let book = support::book();
    let blocks = book.pages.into_iter().flat_map(|page| page.blocks);
    let consoles = blocks.filter(|block| block.kind() == "console");
    report::run(
        consoles.map(|block| report::trial("console", vec![block], |blocks| check(&blocks[0]))),
    );
}

fn check(block: &Block) -> Outcome {
    if block.has("unix") && !cfg!(unix) {
        return report::skip("needs a unix");
    }
    let steps = steps(&block.text)?;
    if steps.is_empty() {
        return Err("a console block has a `$ command`".into());
    }
    let mut printed = String::new();
    for step in steps {
        let shown = format!("$ {}", step.command);
        if let Some(line) = shown.lines().find(|line| line.len() > WIDTH) {
            let help = "end a line with `\\` and go on in the next";
            return Err(format!("`{line}` is wider than {WIDTH} columns: {help}").into());
        }
        let command = step.command.replace("\\\n", " ");
        let words = shlex::split(&command).filter(|words| !words.is_empty());
        let words = words.ok_or_else(|| format!("`{}` is no command", step.command))?;
        let run = process::run(
            Command::new(&words[0])
                .args(&words[1..])
                .current_dir(root()),
            process::TOOL,
        );
        let run = run.map_err(|error| format!("`{}` cannot be run: {error}", step.command))?;
        if run.code() != Some(step.code) {
            let ending = run.ending();
            let Step { command, code, .. } = step;
            return Err(format!(
                "`{command}`: expected exit code {code}, found {ending}\n{}",
                run.stderr
            )
            .into());
        }
        printed += &format!("{shown}\n");
        if step.code != 0 {
            printed += &format!("? {}\n", step.code);
        }
        printed += &compare::clean(&(run.stdout + &run.stderr));
        if step.output.ends_with("\n\n") {
            printed.push('\n');
        }
    }
    compare::output(block, &printed)?;
    Ok(Completion::Completed)
}

fn steps(text: &str) -> Result<Vec<Step>, String> {
    let mut steps: Vec<Step> = Vec::new();
    for line in text.lines() {
        let goes_on = |step: &&mut Step| step.output.is_empty() && step.command.ends_with('\\');
        if let Some(step) = steps.last_mut().filter(goes_on) {
            step.command += &format!("\n{line}");
            continue;
        }
        if let Some(command) = line.strip_prefix("$ ") {
            steps.push(Step {
                command: command.to_owned(),
                code: 0,
                output: String::new(),
            });
            continue;
        }
        let step = steps
            .last_mut()
            .ok_or("a console block starts with `$ command`")?;
        match line.strip_prefix("? ") {
            Some(code) => {
                step.code = code
                    .parse()
                    .map_err(|_| format!("`? {code}` is no exit code"))?
            }
            None => step.output += &format!("{line}\n"),
        }
    }
    Ok(steps)
}
