//! Clients that hang up: see `companion::disconnect`.

use companion::disconnect::hang_up;
use std::io;

#[tokio::main(flavor = "current_thread")]
async fn main() -> io::Result<()> {
    for request in ["GET /quote", "POST /charge"] {
        println!("{request}");
        for event in hang_up(request).await? {
            println!("  {event}");
        }
    }
    Ok(())
}
