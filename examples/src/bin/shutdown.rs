//! Takes one way out, or lists them: see `companion::shutdown`.

use companion::shutdown::{arguments, take};

fn main() -> Result<(), String> {
    match std::env::args().nth(1) {
        Some(way) => take(&way)?,
        None => arguments().for_each(|way| println!("{way}")),
    }
    Ok(())
}
