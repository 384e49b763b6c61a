//! The machine that measures.

use std::env::consts::{ARCH, OS};
use std::thread;

use anyhow::Result;
use serde::{Deserialize, Serialize};
use sysinfo::System;

#[derive(Serialize, Deserialize, Clone)]
#[serde(deny_unknown_fields)]
pub struct Machine {
    pub cpu: String,
    pub cores: usize,
    /// In GiB, rounded.
    pub memory: u64,
    pub os: String,
}

/// What this machine says of itself.
///
/// # Errors
/// If this is a system that cannot be asked.
pub fn read() -> Result<Machine> {
    let mut system = System::new()?;
    system.refresh_cpu_all();
    system.refresh_memory();
    let cpu = system.cpus().first().map(|cpu| cpu.brand().trim());
    let name = System::name().unwrap_or_else(|_| OS.into());
    let kernel = System::kernel_version().unwrap_or_default();
    Ok(Machine {
        cpu: cpu
            .filter(|brand| !brand.is_empty())
            .unwrap_or("unknown CPU")
            .to_owned(),
        cores: thread::available_parallelism().map_or(1, usize::from),
        memory: (system.total_memory() as f64 / f64::from(1 << 30)).round() as u64,
        os: format!("{name}, kernel {kernel}, {ARCH}"),
    })
}
