//! `settlement faults`.

use std::path::Path;
use std::{env, fs, io};

use clap::Args;

use super::{Error, OK};
use crate::settlement::faults::scenes::Scene;
use crate::settlement::faults::{Survived, damage, kill, room, scenes};

/// Where the page reads what was survived.
pub const RECORD: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../src/architecture/consistency/faults.json"
);

#[derive(Debug, Args)]
pub struct Faults {
    /// Where all chance comes from
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How often a process is killed
    #[arg(long, default_value_t = 20)]
    kills: u32,
    /// How often the log is damaged
    #[arg(long, default_value_t = 40)]
    damages: u32,
    /// Write what was survived for the page
    #[arg(long)]
    write: bool,
}

pub async fn run(args: Faults) -> Result<u8, Error> {
    let failed = |what: &str| {
        let what = what.to_owned();
        move |source: io::Error| Error::Io { what, source }
    };
    let (seed, kills) = (args.seed, args.kills);
    println!("seed {seed}; again: settlement faults --seed {seed} --kills {kills}");
    let dir = env::temp_dir().join(format!("settlement-faults-{}", std::process::id()));
    let program = env::current_exe().map_err(failed("this program"))?;

    let scene = Scene { seed, trades: 2000 };
    let mut survived = scenes::all(&dir.join("scenes"), scene).await?;
    match room::file_system(&program, &dir.join("full"), seed)? {
        Some(full) => survived.push(full),
        None => eprintln!("no file system was filled: that needs Linux and its user namespaces"),
    }
    survived.extend(damage::damage(&dir.join("damage"), seed, args.damages).await?);
    let lives = dir.join("kills");
    let killed = kill::kill(&program, &lives, seed, kills, |n| {
        if n % 10 == 0 {
            eprintln!("{n} of {kills} kills");
        }
    });
    survived.extend(killed.await?);
    for Survived {
        fault,
        times,
        events,
    } in &survived
    {
        match events {
            0 => println!("{times:>6} {fault}"),
            _ => println!("{times:>6} {fault}, {events} events checked"),
        }
    }
    println!("0 events lost, 0 applied twice, the books balance");
    fs::remove_dir_all(&dir).map_err(failed("the faults' directory"))?;
    if args.write {
        write(seed, &survived).map_err(failed(RECORD))?;
    }
    Ok(OK)
}

fn write(seed: u64, survived: &[Survived]) -> io::Result<()> {
    let file = Path::new(RECORD);
    if let Some(dir) = file.parent() {
        fs::create_dir_all(dir)?;
    }
    let record = serde_json::json!({ "seed": seed, "survived": survived });
    let mut text = serde_json::to_string_pretty(&record)?;
    text.push('\n');
    fs::write(file, text)
}
