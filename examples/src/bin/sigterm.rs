//! SIGTERM, with and without a handler: see `companion::exits`.

use companion::exits::{demo, serve, stop_signal};
use std::{env, error::Error, future::pending, time::Duration};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let reply = Duration::from_millis(10);
    match env::args().nth(1).as_deref() {
        None | Some("--handler") => serve(stop_signal()?, reply).await?,
        Some("--no-handler") => serve(pending(), reply).await?,
        Some("--demo") => demo().await?,
        Some(_) => return Err("usage: sigterm [--handler | --no-handler | --demo]".into()),
    }
    Ok(())
}
