//! What can be seen of a tool, and the words for it: the cells of the waiting table.

use std::fmt;

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
    /// Taken, also after the wait has returned; the next wait waits for it.
    Taken,
    /// Taken while others run, then refused.
    UntilEmpty,
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
        Panics: "the wait panics",
        Err: "`Err`, at once",
        ErrInTurn: "`Err`, in its turn",
        Nothing: "nothing",
    }
    Others {
        AwaitedFirst: "the others have ended",
        Dropped: "the others are dropped",
        RunOn: "the others run on",
        Stay: "the others stay",
    }
    OnCancel {
        Blocks: "cannot: it blocks",
        Drops: "drops the work",
        RunsOn: "the work runs on; wait again",
        StandsStill: "the work stands still; wait again",
    }
    Late {
        Fixed: "–",
        Taken: "taken, waited for",
        UntilEmpty: "taken until it is empty",
    }
    Order {
        NoResults: "no results",
        Added: "as added",
        Ended: "as they end",
    }
    Keeps {
        Nothing: "nothing",
        Results: "each result",
        ResultsUntilTheLast: "results, until the last is there",
        UnfinishedWork: "the work: it runs only while you wait",
    }
}
