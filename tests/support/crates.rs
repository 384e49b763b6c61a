//! The crates a program on a page can use: the companion crate and what that depends on.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::rustc::Compiler;
use super::{root, scratch};

#[derive(Deserialize)]
struct Artifact {
    target: Target,
    filenames: Vec<String>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
}

#[derive(Deserialize)]
struct Manifest {
    dependencies: BTreeMap<String, toml::Value>,
}

/// The compiler for this book's programs.
///
/// # Panics
/// When cargo does not say where it put the crates: the tests cannot run without.
pub fn compiler() -> Compiler {
    let manifest = std::fs::read_to_string(root().join("examples/Cargo.toml"))
        .expect("the companion crate is in the repository");
    let manifest: Manifest = toml::from_str(&manifest).expect("cargo has read it");
    // One that a feature asks for is built with that feature, and is not for the pages.
    let optional = |dependency: &toml::Value| {
        let optional = dependency.get("optional");
        optional.and_then(toml::Value::as_bool) == Some(true)
    };
    let always = manifest.dependencies.iter();
    let names = always
        .filter(|(_, dependency)| !optional(dependency))
        .map(|(name, _)| name.replace('-', "_"));
    let libraries = libraries();
    let mut flags = Vec::new();
    for name in names.chain(["companion".into()]) {
        let library = libraries
            .get(&name)
            .unwrap_or_else(|| panic!("cargo built no crate {name}"));
        flags.extend(["--extern".into(), format!("{name}={library}")]);
        if let Some(dir) = Path::new(library).parent() {
            flags.extend(["-L".into(), format!("dependency={}", dir.display())]);
        }
    }
    Compiler::new(flags, scratch("programs"))
}

/// The companion crate and what it depends on, by the crates' names. Asked for alone, they come in
/// one variant: build scripts may use others.
fn libraries() -> BTreeMap<String, String> {
    let build = ["build", "--package", "companion", "--lib"];
    let library = |artifact: Artifact| {
        let mut files = artifact.filenames.into_iter();
        let library = files.find(|name| name.ends_with(".rlib"))?;
        Some((artifact.target.name.replace('-', "_"), library))
    };
    cargo_built::<Artifact>(&build)
        .into_iter()
        .filter_map(library)
        .collect()
}

/// What cargo says it built, told this: those of its messages that are a `T`.
///
/// # Panics
/// When cargo cannot be run.
pub fn cargo_built<T: DeserializeOwned>(args: &[&str]) -> Vec<T> {
    let cargo = Command::new(env!("CARGO"))
        .args(args)
        .args(["--offline", "--quiet", "--message-format", "json"])
        .current_dir(root())
        .output()
        .expect("cargo runs: it has started this test");
    let stderr = String::from_utf8_lossy(&cargo.stderr);
    assert!(cargo.status.success(), "cargo {args:?}: {stderr}");
    let messages = String::from_utf8_lossy(&cargo.stdout).into_owned();
    let messages = messages.lines();
    messages
        .filter_map(|line| serde_json::from_str(line).ok())
        .collect()
}
