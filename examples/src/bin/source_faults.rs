//! The eight faults of the source's listener: see `companion::settlement::source_faults`.

use std::{env, fs, process};

use companion::settlement::source_faults::{Error, report};

#[tokio::main]
async fn main() -> Result<(), Error> {
    let number = env::args().nth(1).map(|number| number.parse().unwrap_or(0));
    let dir = env::temp_dir().join(format!("source-faults-{}", process::id()));
    let text = report(number, &dir).await;
    fs::remove_dir_all(dir).ok();
    print!("{}", text?);
    Ok(())
}
