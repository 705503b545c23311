//! A list of items that is to be done as soon as possible.

use super::Scenario;
use crate::goal::Quantity::{Lost, Over, Refused};
use crate::setup::{Kind, Pace, Setup, Supply};

pub(super) const ABOUT: &str = "500 items at 60 a minute, eager";

pub(super) fn all() -> Vec<Scenario> {
    Kind::FOUR.map(one).to_vec()
}

fn one(kind: Kind) -> Scenario {
    let setup = Setup {
        supply: Supply::List(500),
        pace: Pace::Eager,
        ..Setup::alone(kind, 60)
    };
    let over = match kind {
        Kind::Log | Kind::Counter => 1.5,
        _ => 0.7,
    };
    let goals = [Refused.at_most(0.0), Lost.at_most(0.0), Over.at_most(over)];
    Scenario::new("C2", "500 items", setup)
        .goals(goals)
        .stretch([Over.at_most(1.0)])
}
