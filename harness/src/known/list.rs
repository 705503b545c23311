//! The list.

use super::{Cause, missed};
use crate::goal::Quantity::Used;
use crate::setup::Kind::{Counter, Fixed};

/// All that is missed, by what it is missed by.
pub const CAUSES: &[Cause] = &[Cause {
    why: "A run begins anywhere in a window, and a perfect client takes at once what is left of that. With round trips of up to 5 s fifty workers cannot: even one that knew all beforehand, and waited before the server's door rather than be refused, would come to 99.1 % of fixed windows (`harness/tests/ceiling.rs`). And what is on its way must be taken for used from when it leaves, more than a second before a counter counts it. Runs that begin early in a window come to 99.9 % of fixed windows, and to 98 % of a counter; the others miss a part of the first window.",
    missed: &[
        missed("C8", "alone", Fixed, Used, 97.6),
        missed("C8", "alone", Counter, Used, 94.8),
    ],
}];
