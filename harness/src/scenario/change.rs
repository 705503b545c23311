//! A limit that becomes another while the client runs.

use std::time::Duration;

use super::Scenario;
use crate::goal::Quantity::{Refused, RefusedOfChange, UsedAfterChange};
use crate::setup::{Kind, Setup, Supply};

pub(super) const ABOUT: &str = "limit to a quarter and back";

/// After these times, neither of which is the edge of a window.
const CHANGES: [(u64, u32); 2] = [(200, 60), (440, 240)];

pub(super) fn all() -> Vec<Scenario> {
    Kind::FOUR.map(one).to_vec()
}

fn one(kind: Kind) -> Scenario {
    let changes = CHANGES.map(|(after, limit)| (Duration::from_secs(after), limit));
    let setup = Setup {
        supply: Supply::Endless { windows: 12 },
        changes: changes.to_vec(),
        ..Setup::alone(kind, 240)
    };
    let refused = match kind {
        Kind::Fixed => 0.7,
        _ => 0.15,
    };
    Scenario::new("C5", "240, 60, 240", setup)
        .goals([Refused.at_most(refused), UsedAfterChange.at_least(95.0)])
        .stretch([RefusedOfChange.at_most(2.0)])
}
