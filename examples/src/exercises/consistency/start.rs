//! The consumer applies an event, then it moves on. It may crash at every write, the log delivers
//! a record at least once, and so does the producer. Every event should count once, and a record
//! that is no event should be set aside once.

use super::{Ended, Record, Store};

/// Applies what the log delivers, in order.
pub fn consume(delivered: &[Record], store: &mut Store) -> Ended {
    for record in delivered {
        if record.offset < store.rows().next {
            continue; // delivered again
        }
        match record.event() {
            Some(event) => store.write(|rows| rows.cents += event.cents)?,
            None => store.write(|rows| rows.dead.push(record.offset))?,
        }
        store.write(|rows| rows.next = record.offset + 1)?;
    }
    Ok(())
}
