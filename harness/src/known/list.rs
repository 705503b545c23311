//! The list.

use super::{Cause, frequent, seldom, unseen};
use crate::goal::Quantity::{Over, Refused, Spread, Used, UsedAfterChange};
use crate::setup::Kind::{Bucket, Counter, Fixed, Log};

/// All that is missed, by what it is missed by.
pub const CAUSES: &[Cause] = &[
    Cause {
        why: "What is under way counts as used, and leaves a log or a window a whole window after its answer, not after the server counted it, which the client cannot see. Where answers take seconds, or bodies as long as the cap on concurrency lets pass in a window, that part of the limit is not used.",
        missed: &[
            seldom("C8", "alone", Fixed, Used, 97.1),
            frequent("C8", "alone", Log, Used, 94.3),
            seldom("C8", "alone", Counter, Used, 94.7),
            frequent("C10", "long bodies", Fixed, Used, 96.5),
            frequent("C10", "late heads", Fixed, Used, 91.2),
            frequent("C10", "late heads", Log, Used, 86.7),
            frequent("C10", "late heads", Bucket, Used, 95.7),
        ],
    },
    Cause {
        why: "A neighbour who takes many units at once does it between two answers: what the last one showed is no longer there, and the client is refused. It then goes carefully for a window, in which what the neighbour leaves is not all used.",
        missed: &[
            frequent("C9", "use of both", Log, Used, 86.5),
            frequent("C9", "use of both", Counter, Refused, 0.82),
            frequent("C9", "use of both", Counter, Used, 93.3),
            frequent("C9", "use of both", Bucket, Refused, 0.9),
        ],
    },
    Cause {
        why: "Headers that are late look like use by others until they contradict every kind of limiter; only then is their age learnt. Until that, and at each edge of a window, requests are refused or held back.",
        missed: &[
            frequent("C15", "alone", Fixed, Refused, 0.1),
            frequent("C15", "alone", Fixed, Used, 91.6),
            seldom("C15", "alone", Counter, Refused, 0.25),
            frequent("C15", "alone", Counter, Used, 90.0),
        ],
    },
    Cause {
        why: "So few are refused at the same time that no group of eight comes back together: the spread is not seen here.",
        missed: &[unseen("C13", "60 items each", Fixed, Spread)],
    },
    Cause {
        why: "A counter that states only delays in whole seconds, or a day beside its minute, does not show where its windows begin to better than a second: requests at an edge are refused.",
        missed: &[
            frequent("C7", "clock +30 s, t=", Counter, Refused, 0.47),
            frequent("C11", "the day's use", Counter, Refused, 1.17),
            seldom("C11", "the day's use", Counter, Used, 99.0),
        ],
    },
    Cause {
        why: "A counter's previous window weighs on the present one by a part that the client knows only roughly: at the start, with headers lost, and with many newcomers, it errs to one side or the other.",
        missed: &[
            frequent("C2", "500 items", Counter, Over, 2.23),
            frequent("C4", "16 clients, limit 800", Counter, Refused, 1.28),
            frequent("C6", "30 % of headers lost", Counter, Used, 90.2),
        ],
    },
    Cause {
        why: "With unequal costs, what is left at the end of a window may be less than the next item costs, and what is given back after an answer comes too late for its window; on a log it is also taken for what expires.",
        missed: &[
            frequent("C14", "known, alone", Fixed, Used, 90.2),
            seldom("C14", "known, alone", Counter, Used, 97.8),
            seldom("C14", "trued up, alone", Fixed, Used, 97.7),
            frequent("C14", "trued up, alone", Log, Used, 93.4),
            seldom("C14", "trued up, alone", Counter, Used, 97.7),
        ],
    },
    Cause {
        why: "After a limit is raised again the client goes by what it last learnt of the flow, and needs most of a window to find the new one.",
        missed: &[frequent(
            "C5",
            "240, 60, 240",
            Bucket,
            UsedAfterChange,
            84.5,
        )],
    },
    Cause {
        why: "Not yet explained: three of twenty runs lose every second window of 60, and a request or so of fifteen thousand is refused to four clients on a bucket.",
        missed: &[
            frequent("C1", "limit 60", Fixed, Used, 53.1),
            seldom("C3", "limit 180", Bucket, Refused, 0.03),
        ],
    },
];
