//! Which faults there are, each with the least that brings it about.

use super::{Fault, Troubles};

/// No trouble, and the right offset.
pub const NONE: Troubles = Troubles {
    apply: (0, 0),
    commits: 0,
    sends: 0,
    dies_after: 0,
    stops_after: None,
    plus_one: true,
    noise: false,
};

/// All of them, in the order of the audit.
pub const FAULTS: [Fault; 8] = [
    Fault {
        name: "it commits the offset of the record, not the one that follows",
        gains: &[100, -30, -20],
        troubles: Troubles {
            plus_one: false,
            ..NONE
        },
        restarts: true,
    },
    Fault {
        name: "an event that fails once is sent again, behind those that follow it",
        gains: &[100, -30, -20],
        troubles: Troubles {
            apply: (1, 1),
            ..NONE
        },
        restarts: false,
    },
    Fault {
        name: "a commit that fails sends an event again that was applied",
        gains: &[100, -30],
        troubles: Troubles { commits: 1, ..NONE },
        restarts: false,
    },
    Fault {
        name: "the process dies between apply and commit",
        gains: &[100, -30],
        troubles: Troubles {
            dies_after: 2,
            ..NONE
        },
        restarts: true,
    },
    Fault {
        name: "the last event fails, is sent again, and its offset is not committed",
        gains: &[100, -30],
        troubles: Troubles {
            apply: (2, 1),
            stops_after: Some(2),
            ..NONE
        },
        restarts: true,
    },
    Fault {
        name: "a record that is no event is outside of the try",
        gains: &[100, -30],
        troubles: Troubles {
            noise: true,
            ..NONE
        },
        restarts: false,
    },
    Fault {
        name: "an event that always fails is sent again for ever",
        gains: &[100],
        troubles: Troubles {
            apply: (1, u32::MAX),
            stops_after: Some(20),
            ..NONE
        },
        restarts: false,
    },
    Fault {
        name: "the retries are those of the re-send, not of the apply",
        gains: &[100],
        troubles: Troubles {
            apply: (1, 1),
            sends: 2,
            ..NONE
        },
        restarts: false,
    },
];
