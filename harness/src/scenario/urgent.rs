//! Items that are urgent, over a backlog of those that are not.

use super::Scenario;
use crate::goal::Quantity::UrgentWait;
use crate::setup::{Kind, Setup};

pub(super) const ABOUT: &str = "an urgent item every 2 to 4 s over a backlog";

pub(super) fn all() -> Vec<Scenario> {
    Kind::FOUR.map(one).to_vec()
}

fn one(kind: Kind) -> Scenario {
    let setup = Setup {
        urgent: true,
        ..Setup::alone(kind, 240)
    };
    let wait = match kind {
        Kind::Log | Kind::Bucket => 0.4,
        _ => 1.4,
    };
    Scenario::new("C12", "limit 240", setup)
        .goals([UrgentWait.at_most(wait)])
        .stretch([UrgentWait.at_most(0.5)])
}
