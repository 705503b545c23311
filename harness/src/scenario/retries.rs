//! Refusals that nobody can foresee, because a server that states nothing is used by many.

use super::Scenario;
use crate::goal::Quantity::{Lost, Spread, Undercuts};
use crate::setup::{Form, Kind, Setup, Supply};

pub(super) const ABOUT: &str = "retries: 8 clients, nothing stated but Retry-After";

pub(super) fn all() -> Vec<Scenario> {
    [Kind::Fixed, Kind::Log, Kind::Bucket].map(one).to_vec()
}

fn one(kind: Kind) -> Scenario {
    let setup = Setup {
        supply: Supply::List(60),
        form: Form::RETRY_AFTER,
        workers: 10,
        ..Setup::shared(kind, 60, 8)
    };
    let scenario = Scenario::new("C13", "60 items each", setup);
    let scenario = scenario.goals([Lost.at_most(0.0), Undercuts.at_most(0.0)]);
    match kind {
        // Only here everybody is told to come back at the same time.
        Kind::Fixed => scenario.goals([Spread.at_least(0.6)]),
        _ => scenario,
    }
}
