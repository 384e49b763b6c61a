//! The three stores together.

use super::super::commands::Commands;
use super::super::log::{EventLog, LogError};
use super::super::views::Views;

/// The three stores of a settlement.
#[derive(Clone)]
pub struct Stores<L> {
    pub commands: Commands,
    pub log: L,
    pub views: Views,
}

impl<L: EventLog> Stores<L> {
    /// Closes the log, then the views, then the commands: what depends on the others goes first.
    ///
    /// If this future is dropped, they close all the same, and nobody waits.
    ///
    /// # Errors
    ///
    /// If the log fails. The others are closed all the same.
    pub async fn close(self) -> Result<(), LogError> {
        let closed = self.log.close().await;
        self.views.close().await;
        self.commands.close().await;
        closed
    }
}
