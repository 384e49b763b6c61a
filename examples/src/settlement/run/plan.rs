//! What to run, how it ends, and why it may not.

use std::time::Duration;

use super::super::event::EventId;
use super::super::log::LogError;
use super::super::reconcile::Unbalanced;
use super::super::relay::RelayError;
use super::super::retry::Pace;
use super::super::store::StoreError;
use super::super::subscriber::SubscriberError;

/// What to run.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// Trades in all, those of former runs included; nothing for no end but `stop`'s.
    pub trades: Option<u64>,
    /// How long trades come.
    pub time: Option<Duration>,
    /// How many subscribers share the partitions.
    pub subscribers: u32,
    pub pace: Pace,
    /// How long to wait between two reconciliations; nothing for none.
    pub reconcile_every: Option<Duration>,
    /// How long the end may take, once `stop` was cancelled.
    pub stop_within: Duration,
}

impl Default for Plan {
    /// No trade, two subscribers, no reconciliation before the end, ten seconds to stop.
    fn default() -> Plan {
        Plan {
            trades: Some(0),
            time: None,
            subscribers: 2,
            pace: Pace::default(),
            reconcile_every: None,
            stop_within: Duration::from_secs(10),
        }
    }
}

/// Why a run did not end as it should.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Log(#[from] LogError),
    #[error("an event cannot be applied: {0}")]
    Subscriber(#[from] SubscriberError),
    #[error(transparent)]
    Unbalanced(#[from] Unbalanced),
    /// Nothing new may be written: it would have the numbers of events that are there.
    #[error("commands.db has lost {0}, which the log has")]
    Unwritten(EventId),
    /// What was under way is undone or was done: nothing is lost.
    #[error("it did not stop within {0:?}: run it again, it goes on where it was")]
    Late(Duration),
    #[error("a task panicked: {0}")]
    Panicked(String),
}

impl From<RelayError> for RunError {
    fn from(error: RelayError) -> RunError {
        match error {
            RelayError::Store(error) => RunError::Store(error),
            RelayError::Log(error) => RunError::Log(error),
        }
    }
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// Everything that was written is applied, or is a dead letter.
    Finished,
    /// It was told to stop; some is left for the next run.
    Stopped,
}
