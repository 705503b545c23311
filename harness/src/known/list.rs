//! The list.

use super::{Cause, frequent, seldom};
use crate::goal::Quantity::{Refused, Used, UsedAfterChange};
use crate::setup::Kind::{Bucket, Counter, Fixed, Log};

/// All that is missed, by what it is missed by.
pub const CAUSES: &[Cause] = &[
    Cause {
        why: "What is under way counts as used, and what a log admitted is taken to leave it a whole window after its answer: when the server counted it cannot be seen. Where answers take seconds, or a cap on concurrency has its places taken for as long, a part of the limit is not used.",
        missed: &[
            seldom("C8", "alone", Fixed, Used, 97.6),
            frequent("C8", "alone", Log, Used, 94.2),
            seldom("C8", "alone", Counter, Used, 94.8),
            seldom("C10", "late heads", Fixed, Used, 93.3),
            frequent("C10", "late heads", Log, Used, 87.9),
            seldom("C10", "late heads", Bucket, Used, 95.7),
        ],
    },
    Cause {
        why: "A neighbour who takes many units at once does so between two answers: what the last one showed is no longer there. The client is refused, goes carefully after that, and does not use all that the neighbour leaves.",
        missed: &[
            frequent("C9", "use of both", Log, Used, 86.5),
            frequent("C9", "use of both", Counter, Refused, 0.86),
            seldom("C9", "use of both", Counter, Used, 93.2),
            seldom("C9", "use of both", Bucket, Refused, 1.05),
        ],
    },
    Cause {
        why: "Headers that are late look like use by others until they contradict every kind of limiter; only then is their age learnt.",
        missed: &[
            seldom("C15", "alone", Fixed, Refused, 0.08),
            frequent("C15", "alone", Fixed, Used, 93.2),
            seldom("C15", "alone", Counter, Refused, 0.3),
            seldom("C15", "alone", Counter, Used, 90.4),
        ],
    },
    Cause {
        why: "Not traced yet: costs that are trued up; perhaps what is given back looks on a log like what expires, and comes too late for its window elsewhere.",
        missed: &[
            seldom("C14", "trued up, alone", Fixed, Used, 97.7),
            frequent("C14", "trued up, alone", Log, Used, 94.9),
            seldom("C14", "trued up, alone", Counter, Used, 97.7),
        ],
    },
    Cause {
        why: "Not traced yet: against a sliding counter, most of it where its edges are learnt late or roughly (delays in whole seconds, lost headers, a day beside the minute, many newcomers).",
        missed: &[
            frequent("C4", "16 clients, limit 800", Counter, Refused, 1.11),
            frequent("C7", "clock +30 s, t=", Counter, Refused, 0.47),
            frequent("C11", "the day's use", Counter, Refused, 1.17),
            seldom("C11", "the day's use", Counter, Used, 99.0),
            seldom("C14", "known, alone", Counter, Used, 97.8),
        ],
    },
    Cause {
        why: "Not traced yet: a bucket after its limit was raised again, and single refusals of many thousands where four clients share one.",
        missed: &[
            seldom("C3", "limit 180", Bucket, Refused, 0.03),
            seldom("C3", "limit 240", Bucket, Refused, 0.05),
            seldom("C5", "240, 60, 240", Bucket, UsedAfterChange, 84.5),
        ],
    },
];
