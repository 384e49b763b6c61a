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
    profile: Profile,
}

#[derive(Deserialize)]
struct Target {
    name: String,
}

#[derive(Deserialize)]
struct Profile {
    debug_assertions: bool,
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
    let names = manifest
        .dependencies
        .keys()
        .map(|name| name.replace('-', "_"));
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

/// Every library that cargo built for the tests, by its crate's name.
fn libraries() -> BTreeMap<String, String> {
    let built = cargo_built::<Artifact>().into_iter();
    let built = built.filter(|artifact| artifact.profile.debug_assertions); // no build script's
    let library = |artifact: Artifact| {
        let mut files = artifact.filenames.into_iter();
        let library = files.find(|name| name.ends_with(".rlib"))?;
        Some((artifact.target.name.replace('-', "_"), library))
    };
    built.filter_map(library).collect()
}

/// What cargo says it built for the tests: those of its messages that are a `T`.
///
/// # Panics
/// When cargo cannot be run.
pub fn cargo_built<T: DeserializeOwned>() -> Vec<T> {
    let cargo = Command::new(env!("CARGO"))
        .args(["test", "--no-run", "--offline", "--quiet"])
        .args(["--message-format", "json"])
        .current_dir(root())
        .output()
        .expect("cargo runs: it has started this test");
    let messages = String::from_utf8_lossy(&cargo.stdout).into_owned();
    let messages = messages.lines();
    messages
        .filter_map(|line| serde_json::from_str(line).ok())
        .collect()
}
