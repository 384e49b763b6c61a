//! What reconciliation has found.

use std::fmt;

use super::super::event::EventId;
use super::super::views::{Balance, Letter};

/// How many differences are printed; all are counted.
const SHOWN: usize = 20;

/// What the three stores say together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Events that the command log has written.
    pub written: u64,
    /// Records in the log, second copies and noise included.
    pub records: u64,
    /// Records that are a second copy of an event.
    pub copies: u64,
    /// Records that are no event at all.
    pub noise: u64,
    /// Events that are not in the log yet.
    pub unpublished: u64,
    /// Events that the views have passed: each was applied once, or is a dead letter.
    pub handled: u64,
    /// Dead letters that are events: those that wait, and those that were dropped.
    pub waiting: u64,
    pub dropped: u64,
    /// Dead letters that are no event: those that wait, and those that were dropped.
    pub noise_waiting: u64,
    pub noise_dropped: u64,
    /// The sum of all balances.
    pub cents: i64,
    /// What the events would add that are not applied: because they are not yet, because they wait
    /// among the dead letters, because they were dropped.
    pub pending_cents: i64,
    pub waiting_cents: i64,
    pub dropped_cents: i64,
    pub differences: Vec<Difference>,
}

/// Something that should not be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Difference {
    /// The log has acknowledged events that it does not have.
    Lost { first: EventId, last: u64 },
    /// The log has events that the command log does not have.
    Unwritten { first: EventId, last: u64 },
    /// A view is not what the log makes it.
    View {
        account: u32,
        view: Balance,
        expected: Balance,
    },
    /// A view is not what the commands make it.
    Commands {
        account: u32,
        view: i64,
        commands: i64,
    },
    /// There is a view of an account without a command.
    Stranger { account: u32 },
    /// The views have read what the log does not have.
    Ahead {
        partition: u32,
        position: u64,
        end: u64,
    },
    /// All accounts and all that is still to come do not add up to zero.
    Sum(i64),
}

impl Report {
    pub(super) fn letters(&mut self, letters: &[Letter]) {
        for letter in letters {
            match (letter.event, letter.dropped) {
                (None, false) => self.noise_waiting += 1,
                (None, true) => self.noise_dropped += 1,
                (Some(_), false) => self.waiting += 1,
                (Some(_), true) => self.dropped += 1,
            }
        }
    }

    /// Events whose effect is in a balance, each once.
    #[must_use]
    pub fn applied(&self) -> u64 {
        self.handled.saturating_sub(self.waiting + self.dropped)
    }

    /// Events that the views have not come to.
    #[must_use]
    pub fn pending(&self) -> u64 {
        self.written.saturating_sub(self.handled)
    }

    /// What all accounts and all that is still to come add up to: zero.
    #[must_use]
    pub fn sum(&self) -> i64 {
        self.cents + self.pending_cents + self.waiting_cents + self.dropped_cents
    }

    /// Whether nothing is wrong. Events may still be on their way, and dead letters wait.
    #[must_use]
    pub fn is_balanced(&self) -> bool {
        self.differences.is_empty()
    }
}

/// Cents as an amount of money.
struct Amount(i64);

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let cents = self.0.unsigned_abs();
        write!(f, "{sign}{}.{:02}", cents / 100, cents % 100)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        writeln!(f, "events written     {:>12}", self.written)?;
        writeln!(f, "applied once       {:>12}", self.applied())?;
        if self.pending() > 0 {
            writeln!(f, "on their way       {:>12}", self.pending())?;
        }
        let letters = self.waiting + self.noise_waiting;
        let dropped = self.dropped + self.noise_dropped;
        writeln!(f, "dead letters       {letters:>12}")?;
        if dropped > 0 {
            writeln!(f, "written off        {dropped:>12}")?;
        }
        writeln!(f, "second copies      {:>12}", self.copies)?;
        let amounts = [
            ("sum of accounts", self.cents, true),
            ("  on their way", self.pending_cents, false),
            ("  dead letters", self.waiting_cents, false),
            ("  written off", self.dropped_cents, false),
        ];
        for (name, cents, always) in amounts {
            if always || cents != 0 {
                let amount = Amount(cents).to_string();
                writeln!(f, "{name:<19}{amount:>12}")?;
            }
        }
        for difference in self.differences.iter().take(SHOWN) {
            writeln!(f, "DIFFERENCE: {difference}")?;
        }
        let more = self.differences.len().saturating_sub(SHOWN);
        if more > 0 {
            writeln!(f, "and {more} more differences")?;
        }
        match self.differences.len() {
            0 => write!(f, "the books balance"),
            n => write!(f, "THE BOOKS DO NOT BALANCE: {n} differences"),
        }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Difference::Lost { first, last } => write!(
                f,
                "the log has lost {first} and what follows it, up to number {last}"
            ),
            Difference::Unwritten { first, last } => write!(
                f,
                "the commands have lost {first} and what follows it, up to number {last}"
            ),
            Difference::View {
                account,
                view,
                expected,
            } => write!(
                f,
                "account {account}: the view has {} after event {}, the log says {} after event {}",
                Amount(view.cents),
                view.number,
                Amount(expected.cents),
                expected.number
            ),
            Difference::Commands {
                account,
                view,
                commands,
            } => write!(
                f,
                "account {account}: the view has {}, the commands say {}",
                Amount(*view),
                Amount(*commands)
            ),
            Difference::Stranger { account } => {
                write!(f, "account {account}: there is a view, but no command")
            }
            Difference::Ahead {
                partition,
                position,
                end,
            } => write!(
                f,
                "partition {partition}: the views are at offset {position}, the log ends at {end}"
            ),
            Difference::Sum(cents) => {
                write!(f, "all accounts add up to {}, not to zero", Amount(*cents))
            }
        }
    }
}
