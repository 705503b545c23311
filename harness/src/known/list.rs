//! The list.

use super::{Cause, seldom};
use crate::goal::Quantity::{Refused, Used};
use crate::setup::Kind::{Bucket, Counter, Fixed};

/// All that is missed, by what it is missed by.
pub const CAUSES: &[Cause] = &[
    Cause {
        why: "A run begins anywhere in a window, and a perfect client takes at once what is left of that. With round trips of up to 5 s the first answer comes after seconds, and after it not all can leave at once: what was left of the first window is lost, or a part of it. A fixed window after it is used up, and a counter to 98 %.",
        missed: &[
            seldom("C8", "alone", Fixed, Used, 97.6),
            seldom("C8", "alone", Counter, Used, 94.8),
        ],
    },
    Cause {
        why: "Five at a time, for 5 s on average, are 60 a minute, and no more: so each tenth of a second on the way and the 5 s that the first answer takes, during which the other four places are free, are missing in the end.",
        missed: &[
            seldom("C10", "late heads", Fixed, Used, 96.6),
            seldom("C10", "late heads", Bucket, Used, 96.6),
        ],
    },
    Cause {
        why: "A neighbour who takes many units does so between two answers: what the last one showed is no longer there. The client is refused, goes carefully after that, and does not use all that the neighbour leaves.",
        missed: &[
            seldom("C9", "use of both", Counter, Refused, 0.5),
            seldom("C9", "use of both", Counter, Used, 93.8),
        ],
    },
    Cause {
        why: "Headers that are late look like something else until they contradict every kind of limiter; only then is their age learnt. Who begins just before an edge may have taken a fixed window for a bucket by then, and sends what flows into a bucket too; and a counter looks for a while as if others used it.",
        missed: &[
            seldom("C15", "alone", Fixed, Refused, 0.08),
            seldom("C15", "alone", Counter, Used, 93.5),
        ],
    },
];
