//! Which versions the programs on the pages were written with.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::{fs, iter};

use anyhow::{Context, Result};
use mdbook_preprocessor::config::RustEdition;
use serde::Deserialize;
use serde::de::DeserializeOwned;

pub struct Versions {
    /// As `rust-toolchain.toml` names it.
    rustc: String,
    /// As `book.toml` names it; what rustc takes for granted otherwise.
    pub edition: String,
    /// Every crate a program can use, under the name a program calls it by.
    crates: BTreeMap<String, Package>,
}

#[derive(Clone, Deserialize)]
struct Package {
    name: String,
    version: String,
    /// Absent for the packages of this workspace.
    source: Option<String>,
    #[serde(default)]
    dependencies: Vec<String>,
}

#[derive(Deserialize)]
struct Lock {
    package: Vec<Package>,
}

#[derive(Deserialize)]
struct ToolchainFile {
    toolchain: Toolchain,
}

#[derive(Deserialize)]
struct Toolchain {
    channel: String,
}

impl Versions {
    /// Reads `Cargo.lock` and `rust-toolchain.toml` in `root`.
    ///
    /// # Errors
    /// If one of them is missing or is not what cargo and rustup write.
    pub fn read(root: &Path, edition: Option<RustEdition>) -> Result<Self> {
        let lock: Lock = parse(&root.join("Cargo.lock"))?;
        let rust: ToolchainFile = parse(&root.join("rust-toolchain.toml"))?;
        let edition = match edition {
            Some(edition) => serde_json::from_value(serde_json::to_value(edition)?)?,
            None => "2015".to_owned(),
        };
        Ok(Self {
            rustc: rust.toolchain.channel,
            edition,
            crates: direct_dependencies(&lock.package),
        })
    }

    /// Those of `names` that are crates, not modules or types of a program's own.
    pub fn crates<'a>(&self, names: &'a BTreeSet<String>) -> impl Iterator<Item = &'a str> {
        let known = |name: &&String| self.crates.contains_key(*name);
        names.iter().filter(known).map(String::as_str)
    }

    /// `rustc 1.95.0 · edition 2024 · tokio 1.54.1`, naming the crates in `names`.
    pub fn line(&self, names: &BTreeSet<String>) -> String {
        let crates = names
            .iter()
            .filter_map(|name| self.crates.get(name))
            .filter(|package| package.source.is_some())
            .map(|package| format!("{} {}", package.name, package.version));
        iter::once(format!("rustc {}", self.rustc))
            .chain([format!("edition {}", self.edition)])
            .chain(crates)
            .collect::<Vec<_>>()
            .join(" · ")
    }
}

fn parse<T: DeserializeOwned>(file: &Path) -> Result<T> {
    let text = fs::read_to_string(file).with_context(|| file.display().to_string())?;
    toml::from_str(&text).with_context(|| file.display().to_string())
}

/// What the workspace's own packages depend on, except those whose
/// dependencies the pages don't see.
fn direct_dependencies(lock: &[Package]) -> BTreeMap<String, Package> {
    let own = |package: &&Package| {
        package.source.is_none() && !["benches", "xtask"].contains(&&*package.name)
    };
    lock.iter()
        .filter(own)
        .flat_map(|package| &package.dependencies)
        .filter_map(|dependency| locked(lock, dependency))
        .map(|package| (package.name.replace('-', "_"), package.clone()))
        .collect()
}

/// `dependency` is a name, with a version if the lock file holds several.
fn locked<'a>(lock: &'a [Package], dependency: &str) -> Option<&'a Package> {
    let mut words = dependency.split(' ');
    let name = words.next()?;
    let version = words.next();
    lock.iter().find(|package| {
        package.name == name && version.is_none_or(|version| package.version == version)
    })
}

#[cfg(test)]
impl Versions {
    pub fn sample() -> Self {
        let lock: Lock = toml::from_str(include_str!("../tests/book/Cargo.lock"))
            .expect("the sample lock file is one");
        Self {
            rustc: "1.95.0".to_owned(),
            edition: "2024".to_owned(),
            crates: direct_dependencies(&lock.package),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_only_what_a_program_uses() {
        let names = ["order", "std", "tokio", "tokio_util"].map(str::to_owned);
        assert_eq!(
            Versions::sample().line(&names.into()),
            "rustc 1.95.0 · edition 2024 · tokio 1.54.1 · tokio-util 0.7.20"
        );
    }

    #[test]
    fn crates_of_the_workspace_have_no_version_worth_naming() {
        let names = ["companion"].map(str::to_owned).into();
        let versions = Versions::sample();
        assert_eq!(versions.line(&names), "rustc 1.95.0 · edition 2024");
        assert_eq!(versions.crates(&names).collect::<Vec<_>>(), ["companion"]);
    }

    #[test]
    fn two_versions_of_a_crate_are_told_apart() {
        let names = ["scopeguard"].map(str::to_owned).into();
        let line = Versions::sample().line(&names);
        assert_eq!(line, "rustc 1.95.0 · edition 2024 · scopeguard 1.2.0");
    }
}
