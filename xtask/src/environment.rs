//! With what the pages are checked: the toolchain, the crates, the other languages.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use mdbook_preprocessor::config::RustEdition;
use toml::{Table, Value};

use crate::versions::Versions;

/// All of it in a line: `rustc 1.95.0 · edition 2024 · tokio 1.54.1 · go 1.27.3`.
///
/// # Errors
/// If a manifest of the workspace cannot be read.
pub fn line(root: &Path) -> Result<String> {
    let companion = manifest(&root.join("examples/Cargo.toml"))?;
    let crates = companion.get("dependencies").and_then(Value::as_table);
    let crates = crates.into_iter().flat_map(Table::keys);
    let crates = crates.map(|name| name.replace('-', "_")).collect();
    let rust = Versions::read(root, Some(RustEdition::E2024))?.line(&crates);

    let workspace = manifest(&root.join("Cargo.toml"))?;
    let metadata = workspace["workspace"].get("metadata");
    let tools = metadata.and_then(|metadata| metadata.get("tools")?.as_table());
    let tools = tools
        .into_iter()
        .flatten()
        .map(|(name, tool)| match tool.get("version") {
            Some(Value::String(version)) => format!("{name} {version}"),
            _ => name.clone(),
        });
    Ok([rust]
        .into_iter()
        .chain(tools)
        .collect::<Vec<_>>()
        .join(" · "))
}

fn manifest(path: &Path) -> Result<Table> {
    let text = fs::read_to_string(path).with_context(|| path.display().to_string())?;
    toml::from_str(&text).with_context(|| path.display().to_string())
}
