//! Somebody else on the same key, who comes in bursts and takes a quarter to a half of it.

use super::Scenario;
use crate::goal::Quantity::{Refused, Used};
use crate::setup::{Kind, Setup};

pub(super) const ABOUT: &str = "a neighbour in bursts on the same key";

pub(super) fn all() -> Vec<Scenario> {
    Kind::FOUR.map(one).to_vec()
}

fn one(kind: Kind) -> Scenario {
    let setup = Setup {
        neighbour: true,
        ..Setup::alone(kind, 240)
    };
    let used = match kind {
        Kind::Log => 92.0,
        _ => 95.0,
    };
    let stretch = (kind == Kind::Log).then(|| Used.at_least(96.0));
    Scenario::new("C9", "use of both", setup)
        .goals([Refused.at_most(0.25), Used.at_least(used)])
        .stretch(stretch)
}
