//! A disk that is full: in the middle of a run there is no room. Nothing is lost, and with room the
//! next run goes on.

use std::borrow::Cow;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::{fs, io};

use super::super::data::{Data, Wanted};
use super::super::event::{LIMIT, Random};
use super::super::keep::{Embedded, Keep};
use super::super::views::at_most;
use super::scenes::{Scene, finish, survived};
use super::{Failure, Survived, check};

/// A database may have so few pages that the run fails. With more of them, it goes on.
pub async fn pages(
    dir: &Path,
    scene: Scene,
    fault: &'static str,
    database: &'static str,
) -> Result<Survived, Failure> {
    let mut data = Data::new(dir);
    let _lock = data.lock()?;
    // Many accounts, so that their balances need room.
    let many = Wanted {
        accounts: Some(2000),
        ..scene.wanted()
    };
    // Made with room, so that its tables are there.
    Embedded
        .stores(&data, many, at_most(LIMIT))
        .await?
        .close()
        .await?;
    data.room
        .insert(database, if database == "views.db" { 5 } else { 24 });
    let stores = Embedded.stores(&data, many, at_most(LIMIT)).await?;
    let failed = finish(stores.clone(), fault, scene).await;
    check(&stores, fault).await?;
    stores.close().await?;
    if failed.is_ok() {
        return Err(Failure::Wrong(format!("{fault}: there was room")));
    }

    data.room.clear();
    let stores = Embedded.stores(&data, many, at_most(LIMIT)).await?;
    finish(stores.clone(), fault, scene).await?;
    survived(stores, fault, 1).await
}

/// How often a file system is full, each time with another size.
const TIMES: u32 = 10;

/// In a namespace where `$2` is a file system of `$3` bytes: the program `$1` runs until that is
/// full; then there is room, and it has to publish and apply all that it has written.
const UNTIL_FULL: &str = r#"
mount -t tmpfs -o "size=$3" none "$2" || exit 101
"$1" run --data "$2/data" --for=10m --seed="$4" >&2
[ $? -eq 1 ] || exit 102
mount -o remount,size=1g "$2" || exit 103
"$1" run --data "$2/data" --events=2 --seed="$4"
"#;

/// Fills a small file system of the kernel's, so often; nothing where this user may not mount one,
/// which only Linux allows.
///
/// # Errors
///
/// If a full file system was not survived; the message says with which size.
pub fn file_system(program: &Path, dir: &Path, seed: u64) -> Result<Option<Survived>, Failure> {
    fs::create_dir_all(dir)?;
    let (program, place) = (program.display().to_string(), dir.display().to_string());
    // Some systems give the namespace, and no right to mount in it.
    let tried = namespace("mount -t tmpfs none \"$1\"", &[&place]);
    if !tried.is_ok_and(|tried| tried.status.success()) {
        return Ok(None);
    }
    let mut random = Random::new(seed);
    let mut events = 0;
    for n in 1..=TIMES {
        let size = (100_000 + random.below(4_000_000)).to_string();
        let ran = namespace(UNTIL_FULL, &[&program, &place, &size, &seed.to_string()])?;
        events += written(&ran).ok_or_else(|| {
            let Output { status, .. } = ran;
            let [said, complained] = [&ran.stdout, &ran.stderr].map(|text| lossy(text));
            Failure::Wrong(format!(
                "a file system of {size} bytes, number {n} of seed {seed}: {status}\n\
                 {said}{complained}"
            ))
        })?;
    }
    Ok(Some(Survived {
        fault: "a file system that is full",
        times: TIMES.into(),
        events,
    }))
}

/// How many events were written, if the room ran out and the books balance.
fn written(ran: &Output) -> Option<u64> {
    let survived = ran.status.success() && lossy(&ran.stderr).contains("no room left");
    let said = lossy(&ran.stdout);
    let mut lines = said.lines().filter(|_| survived);
    let number = lines.find_map(|line| line.strip_prefix("events written"))?;
    number.trim().parse().ok()
}

fn lossy(text: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(text)
}

/// Runs a script as the root of a user namespace with mounts of its own.
fn namespace(script: &str, arguments: &[&str]) -> io::Result<Output> {
    let mut command = Command::new("unshare");
    command.args([
        "--user",
        "--map-root-user",
        "--mount",
        "sh",
        "-c",
        script,
        "sh",
    ]);
    command.args(arguments).stdin(Stdio::null()).output()
}
