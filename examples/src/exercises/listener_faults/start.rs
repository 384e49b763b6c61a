//! The listener sends again what is refused, behind what follows it. Every record should be applied
//! in its turn, tried [`TRIES`](super::TRIES) times at most, and then be set aside; bytes that are
//! no event are set aside at once.

use super::{Account, Partition};

/// Settles the records of a partition, to its end.
pub fn settle(partition: &mut Partition, account: &mut Account) {
    while let Some(record) = partition.read() {
        if account.apply(record).is_err() {
            partition.send(record);
        }
        partition.advance();
    }
}
