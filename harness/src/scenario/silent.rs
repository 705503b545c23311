//! A server that states nothing but `Retry-After`.

use super::Scenario;
use crate::goal::Quantity::{Lost, Refused, Used};
use crate::setup::{Form, Kind, Setup};

pub(super) const ABOUT: &str = "nothing stated but Retry-After";

pub(super) fn all() -> Vec<Scenario> {
    let learnt = Kind::FOUR.map(learnt);
    let told = Kind::FOUR.map(told);
    learnt.into_iter().chain(told).collect()
}

fn learnt(kind: Kind) -> Scenario {
    let used = (kind != Kind::Counter).then(|| Used.at_least(85.0));
    Scenario::new("C17", "learnt", setup(kind, false))
        .goals([Refused.at_most(2.0), Lost.at_most(0.0)])
        .goals(used)
}

/// As evenly as where limits are stated.
fn told(kind: Kind) -> Scenario {
    Scenario::new("C17", "configured", setup(kind, true)).stretch([
        Refused.at_most(0.05),
        Lost.at_most(0.0),
        Used.at_least(95.0),
    ])
}

fn setup(kind: Kind, configured: bool) -> Setup {
    Setup {
        form: Form::RETRY_AFTER,
        configured,
        ..Setup::alone(kind, 240)
    }
}
