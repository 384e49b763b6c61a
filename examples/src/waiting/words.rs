//! What can be seen of a tool, and the words for it: the cells of the waiting table.

use std::fmt;

use super::job::Job;

/// What a tool that is dropped does with a job that still runs.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum OnDrop {
    /// The job had ended when the drop returned.
    Waits,
    /// The job was gone when the drop returned, and had not ended.
    Drops,
    /// The job was gone a moment after the drop returned.
    Aborts,
    /// The job came to its end later.
    Leaves,
}

/// What the waiter learns of a job that panics.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Hears {
    /// The wait itself panics.
    Panics,
    /// An error, while a job that was added before still runs.
    Err,
    /// An error, after the jobs that were added before.
    ErrInTurn,
    Nothing,
}

/// What becomes of the other job when one panics.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Others {
    /// It had ended when the panic arrived.
    AwaitedFirst,
    Dropped,
    RunOn,
    /// It stands still, and ends when somebody waits again.
    Stay,
}

/// What happens to a job when the future that waits for it is dropped.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum OnCancel {
    /// There is no such future: the call blocks its thread until the end.
    Blocks,
    Drops,
    /// It ends by itself, and a second wait returns.
    RunsOn,
    /// It ends when a second wait runs it.
    StandsStill,
}

/// What a tool does with a job that comes late.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Late {
    /// It has no call for it.
    Fixed,
    /// The next wait waits for it.
    Taken,
    Refused,
}

/// The order in which results come.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Order {
    NoResults,
    Added,
    Ended,
}

/// What a tool keeps of jobs that have ended, while nobody reads.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Keeps {
    Nothing,
    Results,
    /// Nothing runs unless somebody waits; then results are kept until the last is there.
    ResultsUntilTheLast,
    /// Nothing runs unless somebody waits, and then each result is given out.
    UnfinishedWork,
}

impl Order {
    /// The order of these ids, where the third job ended first, then the first, then the second.
    ///
    /// # Panics
    ///
    /// If it is neither.
    pub fn of(ids: &[u32]) -> Self {
        match ids {
            [] => Self::NoResults,
            [1, 2, 3] => Self::Added,
            [3, 1, 2] => Self::Ended,
            other => panic!("results in the order {other:?}"),
        }
    }
}

impl Keeps {
    /// What is left of a job that has ended by itself.
    pub fn of(job: &Job) -> Self {
        match job.receipts() {
            0 => Self::Nothing,
            _ => Self::Results,
        }
    }
}

macro_rules! words {
    ($($of:ident { $($seen:ident: $words:literal,)+ })+) => { $(
        impl fmt::Display for $of {
            fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str(match self { $(Self::$seen => $words,)+ })
            }
        }
    )+ };
}

words! {
    OnDrop {
        Waits: "waits for it",
        Drops: "drops it at once",
        Aborts: "aborts it, does not wait",
        Leaves: "lets it run on",
    }
    Hears {
        Panics: "a panic",
        Err: "`Err`, at once",
        ErrInTurn: "`Err`, in its turn",
        Nothing: "nothing",
    }
    Others {
        AwaitedFirst: "have ended before",
        Dropped: "are dropped",
        RunOn: "run on",
        Stay: "stand still; wait again",
    }
    OnCancel {
        Blocks: "cannot be: it blocks",
        Drops: "are dropped",
        RunsOn: "run on; wait again",
        StandsStill: "stand still; wait again",
    }
    Late {
        Fixed: "–",
        Taken: "taken",
        Refused: "refused",
    }
    Order {
        NoResults: "no results",
        Added: "as added",
        Ended: "as they end",
    }
    Keeps {
        Nothing: "nothing",
        Results: "each result",
        ResultsUntilTheLast: "all, until the last is there",
        UnfinishedWork: "the work, undone",
    }
}
