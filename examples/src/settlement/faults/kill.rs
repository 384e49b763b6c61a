//! `kill -9`: a process is killed at a moment out of the seed, again and again on the same
//! directory, which is checked after every kill.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use std::{fs, thread};

use super::super::data::{Data, Wanted};
use super::super::event::{LIMIT, Random};
use super::super::keep::{Embedded, Keep};
use super::super::views::at_most;
use super::{Failure, Survived, check, copy};

/// How many lives a directory sees, before a last one that nobody ends.
const LIVES: u32 = 10;

/// Kills the settlement `program` so often, in directories inside `dir`.
///
/// The check is made on a copy: the next life finds what the kill has left.
///
/// # Errors
///
/// If a kill was not survived; the message says after which one.
pub async fn kill(
    program: &Path,
    dir: &Path,
    seed: u64,
    kills: u32,
    mut say: impl FnMut(u32),
) -> Result<Vec<Survived>, Failure> {
    let mut random = Random::new(seed);
    let (mut events, mut torn) = (0, 0);
    for n in 1..=kills {
        let round = (n - 1) / LIVES;
        let (life, checked) = (dir.join(format!("life-{round}")), dir.join("checked"));
        let mut process = start(program, &life, seed + u64::from(round), "--for=10m")?;
        thread::sleep(Duration::from_micros(random.below(120_000).into()));
        process.kill()?;
        process.wait()?;

        fs::create_dir_all(&life)?; // it may not have come so far
        copy(&life, &checked)?;
        let data = Data::new(&checked);
        torn += data.torn()?.len() as u64;
        let after = format!("after kill {n} of seed {seed}");
        let stores = Embedded
            .stores(&data, Wanted::default(), at_most(LIMIT))
            .await?;
        events += check(&stores, &after).await?.written;
        let trades = stores.commands.progress().borrow().trades;
        stores.close().await?;
        fs::remove_dir_all(&checked)?;

        if n % LIVES == 0 || n == kills {
            let all = format!("--events={}", 2 * trades);
            let ended = start(program, &life, seed + u64::from(round), &all)?.wait()?;
            if !ended.success() {
                return Err(Failure::Wrong(format!("{after}: the last life: {ended}")));
            }
            fs::remove_dir_all(&life)?;
        }
        say(n);
    }
    let times = u64::from(kills);
    let fault = "kill -9";
    Ok(vec![
        Survived {
            fault,
            times,
            events,
        },
        Survived {
            fault: "kill -9 that tears a transaction",
            times: torn,
            events: 0,
        },
    ])
}

fn start(program: &Path, dir: &Path, seed: u64, until: &str) -> std::io::Result<Child> {
    let mut command = Command::new(program);
    command.arg("run").arg("--data").arg(dir).arg(until);
    command.arg(format!("--seed={seed}")).arg("--poison=997");
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn()
}
