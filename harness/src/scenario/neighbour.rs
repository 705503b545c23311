//! Somebody else on the same key, who comes in bursts and takes a quarter to a half of it.

use super::Scenario;
use crate::goal::Quantity::{Refused, Used};
use crate::setup::{Kind, Setup, Start};

pub(super) const ABOUT: &str = "a neighbour in bursts on the same key";

pub(super) fn all() -> Vec<Scenario> {
    let from_an_edge = Kind::FOUR.map(|kind| {
        let setup = Setup {
            start: Start::AtAnEdge,
            ..bursts(kind)
        };
        let stretch = (kind == Kind::Log).then(|| Used.at_least(96.0));
        Scenario::new("C9", "use of both", setup)
            .goals([Refused.at_most(0.25), Used.at_least(used(kind))])
            .stretch(stretch)
    });
    let from_anywhere = Kind::FOUR.map(|kind| {
        Scenario::new("C9", "begun anywhere", bursts(kind)).goals([Refused.at_most(0.25)])
    });
    from_an_edge.into_iter().chain(from_anywhere).collect()
}

fn bursts(kind: Kind) -> Setup {
    Setup {
        neighbour: true,
        ..Setup::alone(kind, 240)
    }
}

fn used(kind: Kind) -> f64 {
    match kind {
        Kind::Log => 92.0,
        _ => 95.0,
    }
}
