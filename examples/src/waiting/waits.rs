//! What the rows of the waiting table have in common: a tool that waits, and what its wait says.

use tokio::task::JoinError;

use super::job::{Receipt, Work};

/// What a wait says about one job.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Heard {
    Result(u32),
    Panic,
}

impl Heard {
    /// What the handle of a task gives.
    pub fn of(joined: Result<Receipt, JoinError>) -> Self {
        match joined {
            Ok(receipt) => Self::Result(receipt.id),
            Err(error) if error.is_panic() => Self::Panic,
            Err(error) => panic!("nobody aborts a job: {error}"),
        }
    }
}

/// A tool that waits for jobs.
pub trait Waits {
    /// As the table shows it.
    const NAME: &'static str;

    /// The tool with these jobs in it; started, if it starts them.
    fn of(jobs: Vec<Work>) -> Self;

    /// Waits, as one does with this tool, until there is nothing left to wait for. Pushes what it
    /// learns of each job as it learns it.
    fn wait(&mut self, heard: &mut Vec<Heard>) -> impl Future<Output = ()>;

    /// Adds a job to those it has. `Some(false)`: it refuses; `None`: it has no call for it.
    fn add(&mut self, late: Work) -> Option<bool>;
}
