//! Trades, the events they become, and the bytes that the log carries.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::log::NewRecord;

/// A payment from one account to another: a command. Trades come out of a seed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trade {
    /// Its number in the stream, from 1. A trade that is submitted twice is one trade.
    pub id: u64,
    pub payer: u32,
    pub payee: u32,
    /// Above 0.
    pub cents: i64,
}

impl Trade {
    /// Trade number `id` of the stream that `seed` begins, among so many accounts.
    ///
    /// # Panics
    ///
    /// If there are fewer than two accounts.
    #[must_use]
    pub fn generate(seed: u64, id: u64, accounts: u32) -> Trade {
        let mut random = Random::new(seed ^ id.wrapping_mul(0xA076_1D64_78BD_642F));
        let payer = random.below(accounts);
        let payee = (payer + 1 + random.below(accounts - 1)) % accounts;
        let cents = 1 + i64::from(random.below(100_000));
        Trade {
            id,
            payer,
            payee,
            cents,
        }
    }

    /// Its two sides: the account, and the cents that it gains.
    #[must_use]
    pub fn sides(&self) -> [(u32, i64); 2] {
        [(self.payer, -self.cents), (self.payee, self.cents)]
    }
}

/// What happened to an account. The events of an account are numbered from 1, so that its second
/// copy, and a hole, are recognised by the number alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    pub version: u16,
    pub account: u32,
    pub number: u64,
    pub trade: u64,
    pub kind: Kind,
    /// Above 0, whatever the kind.
    pub cents: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// The account gains.
    Credit,
    /// The account loses.
    Debit,
}

/// The version that this program writes, and the only one that it reads.
pub const VERSION: u16 = 1;

/// The most cents that an event may move before somebody has looked at it: a million.
pub const LIMIT: i64 = 100_000_000;

/// An event's name: its account and its number there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventId {
    pub account: u32,
    pub number: u64,
}

impl fmt::Display for EventId {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "event {} of account {}", self.number, self.account)
    }
}

/// Bytes that are no event which this program knows. Another attempt reads the same bytes.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct Unreadable {
    /// Known where the bytes begin as those of every version do.
    pub id: Option<EventId>,
    pub reason: String,
}

/// What the events of all versions have.
#[derive(Deserialize)]
struct Envelope {
    version: u16,
    account: u32,
    number: u64,
}

impl Event {
    #[must_use]
    pub fn id(&self) -> EventId {
        EventId {
            account: self.account,
            number: self.number,
        }
    }

    /// The cents that the account gains.
    #[must_use]
    pub fn gain(&self) -> i64 {
        match self.kind {
            Kind::Credit => self.cents,
            Kind::Debit => -self.cents,
        }
    }

    /// The record of it. Its partition depends on its account alone: that keeps the order.
    ///
    /// # Panics
    ///
    /// Never: an event is JSON.
    #[must_use]
    pub fn record(&self, partitions: u32) -> NewRecord {
        NewRecord {
            partition: self.account % partitions,
            key: self.account.to_string().into_bytes(),
            value: serde_json::to_vec(self).expect("an event is JSON"),
        }
    }

    /// Reads a record's value.
    ///
    /// # Errors
    ///
    /// If it is malformed, or of another version.
    pub fn read(value: &[u8]) -> Result<Event, Unreadable> {
        let malformed = |id| {
            move |error: serde_json::Error| Unreadable {
                id,
                reason: format!("malformed: {error}"),
            }
        };
        let envelope: Envelope = serde_json::from_slice(value).map_err(malformed(None))?;
        let id = EventId {
            account: envelope.account,
            number: envelope.number,
        };
        if envelope.version != VERSION {
            let reason = format!("unknown version {}", envelope.version);
            let id = Some(id);
            return Err(Unreadable { id, reason });
        }
        serde_json::from_slice(value).map_err(malformed(Some(id)))
    }
}

/// A small generator of numbers that look random: SplitMix64. The same seed gives the same ones.
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    #[must_use]
    pub fn new(seed: u64) -> Random {
        Random(seed)
    }

    pub fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 to one below `limit`.
    ///
    /// # Panics
    ///
    /// If `limit` is 0.
    pub fn below(&mut self, limit: u32) -> u32 {
        let number = self.number() % u64::from(limit);
        u32::try_from(number).expect("it is below a u32")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trades_come_out_of_the_seed_and_are_between_two_accounts() {
        for id in 1..1000 {
            let trade = Trade::generate(7, id, 3);
            assert_eq!(trade, Trade::generate(7, id, 3));
            assert!(trade.payer != trade.payee && trade.payer.max(trade.payee) < 3);
            assert!(trade.cents > 0);
            assert_eq!(trade.sides().map(|(_, gain)| gain).iter().sum::<i64>(), 0);
        }
        assert_ne!(Trade::generate(7, 1, 1000), Trade::generate(8, 1, 1000));
    }

    #[test]
    fn an_event_of_another_version_still_has_its_name() {
        let event = r#"{"version":2,"account":17,"number":42,"amount":"12.50 EUR"}"#;
        let unreadable = Event::read(event.as_bytes()).expect_err("it is of version 2");
        let id = EventId {
            account: 17,
            number: 42,
        };
        assert_eq!(unreadable.id, Some(id));
        assert_eq!(unreadable.reason, "unknown version 2");
        let unreadable = Event::read(b"\0\0").expect_err("these are zeros");
        assert_eq!(unreadable.id, None);
    }
}
