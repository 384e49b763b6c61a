//! Which cleanups get through, and when: see `companion::async_cleanup`.

use companion::async_cleanup::report;
use std::io;

fn main() -> io::Result<()> {
    print!("{}", report()?);
    Ok(())
}
