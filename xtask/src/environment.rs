//! With what the pages are checked: the toolchain, the crates, the other languages.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use mdbook_preprocessor::config::RustEdition;
use serde::Deserialize;
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

/// The version of a tool that the workspace pins, and how to install it.
///
/// # Errors
/// If `[workspace.metadata.tools]` has no such tool, or no version of it.
pub fn tool(root: &Path, name: &str) -> Result<(String, String)> {
    let workspace = manifest(&root.join("Cargo.toml"))?;
    let tools = || workspace.get("workspace")?.get("metadata")?.get("tools");
    let tool = tools().and_then(|tools| tools.get(name));
    let text = |key| Some(tool?.get(key)?.as_str()?.to_owned());
    text("version")
        .zip(text("install"))
        .with_context(|| format!("no {name} in the workspace's tools"))
}

#[derive(Deserialize)]
struct Metadata {
    target_directory: PathBuf,
}

/// Where cargo puts what it builds.
///
/// # Errors
/// If cargo cannot say it.
pub fn target(root: &Path) -> Result<PathBuf> {
    let mut cargo = Command::new(env!("CARGO"));
    cargo
        .current_dir(root)
        .args(["metadata", "--no-deps", "--format-version", "1"]);
    let output = cargo.output().context("cargo cannot be run")?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(
        output.status.success(),
        "cargo metadata: {}\n{said}",
        output.status
    );
    let metadata: Metadata = serde_json::from_slice(&output.stdout).context("cargo metadata")?;
    Ok(metadata.target_directory)
}

fn manifest(path: &Path) -> Result<Table> {
    let text = fs::read_to_string(path).with_context(|| path.display().to_string())?;
    toml::from_str(&text).with_context(|| path.display().to_string())
}
