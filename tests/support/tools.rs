//! The tools that are not Rust's: which version the pages were written with, and how to get it.

use std::collections::BTreeMap;
use std::process::Command;

use serde::Deserialize;

use super::process;

#[derive(Deserialize)]
struct Tool {
    /// Any version will do if there is none.
    version: Option<String>,
    install: String,
}

/// `[workspace.metadata.tools]` of Cargo.toml.
fn tools() -> BTreeMap<String, Tool> {
    let manifest: toml::Table =
        toml::from_str(include_str!("../../Cargo.toml")).expect("cargo has read it");
    let tools = manifest["workspace"]["metadata"]["tools"].clone();
    tools
        .try_into()
        .expect("each tool has a version and an install line")
}

/// The version of a tool that the outputs on the pages came from, if they depend on it.
pub fn pinned(name: &str) -> Option<String> {
    tools()[name].version.clone()
}

/// Whether this machine has the tool, in the version the pages were written with.
///
/// # Errors
/// What is missing and how to install it.
pub fn require(name: &str, version: &[&str]) -> Result<(), String> {
    let tool = &tools()[name];
    let found = process::run(Command::new(name).args(version), process::TOOL);
    let found = found
        .map(|run| run.stdout + &run.stderr)
        .unwrap_or_default();
    let mut words = found.split(|c: char| !(c.is_ascii_digit() || c == '.'));
    let wanted = tool.version.as_deref().unwrap_or_default();
    if words
        .find(|word| !word.is_empty())
        .is_some_and(|word| starts_with(word, wanted))
    {
        return Ok(());
    }
    let found = found.lines().next().unwrap_or("none on this machine");
    let wanted = format!("{name} {wanted}");
    Err(format!(
        "needs {}, found {found}; install it: {}",
        wanted.trim_end(),
        tool.install
    ))
}

fn starts_with(found: &str, version: &str) -> bool {
    let rest = found.strip_prefix(version);
    version.is_empty() || rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}
