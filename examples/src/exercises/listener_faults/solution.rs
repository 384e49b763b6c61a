//! A refused record stays where it is until it is applied or set aside.

use super::{Account, Partition, Refused, TRIES};

// ANCHOR: solution
pub fn settle(partition: &mut Partition, account: &mut Account) {
    while let Some(record) = partition.read() {
        let mut tries = 1;
        while let Err(reason) = account.apply(record) {
            if reason == Refused::NoEvent || tries == TRIES {
                account.set_aside(record, reason);
                break;
            }
            tries += 1; // a real one waits here, longer each time
        }
        partition.advance();
    }
}
// ANCHOR_END: solution
