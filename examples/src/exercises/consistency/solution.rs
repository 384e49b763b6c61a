//! The effect and the position are one write, and the position and the number say what was there.

use super::{Ended, Record, Store};

// ANCHOR: solution
pub fn consume(delivered: &[Record], store: &mut Store) -> Ended {
    for record in delivered {
        store.write(|rows| {
            if record.offset < rows.next {
                return; // delivered again
            }
            match record.event() {
                Some(copy) if copy.number <= rows.number => {}
                Some(event) => {
                    rows.cents += event.cents;
                    rows.number = event.number;
                }
                None => rows.dead.push(record.offset),
            }
            rows.next = record.offset + 1;
        })?;
    }
    Ok(())
}
// ANCHOR_END: solution
