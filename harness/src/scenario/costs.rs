//! Items that cost 1 to 20 units.

use super::Scenario;
use crate::goal::Quantity::{Refused, Used};
use crate::setup::{Between, Costs, Kind, Setup};

pub(super) const ABOUT: &str = "costs of 1 to 20 at 2,400 a minute";

/// How long a server works until it knows what a request has cost.
const WORK: Between = Between::seconds(0.1, 0.5);

pub(super) fn all() -> Vec<Scenario> {
    let costs = [Costs::Known, Costs::TruedUp].into_iter();
    costs
        .flat_map(|costs| {
            let clients = [1, 4].into_iter();
            clients.flat_map(move |clients| Kind::FOUR.map(|kind| one(kind, clients, costs)))
        })
        .collect()
}

fn one(kind: Kind, clients: usize, costs: Costs) -> Scenario {
    let trued_up = costs == Costs::TruedUp;
    let setup = Setup {
        costs,
        work: trued_up.then_some(WORK),
        ..Setup::shared(kind, 2400, clients)
    };
    let name = if trued_up { "trued up" } else { "known" };
    if clients == 1 {
        return Scenario::new("C14", format!("{name}, alone"), setup)
            .goals([Refused.at_most(0.0), Used.at_least(98.6)]);
    }
    let refused = match kind {
        Kind::Log if trued_up => 1.4,
        Kind::Log => 0.9,
        _ => 0.4,
    };
    let stretch = (kind == Kind::Log).then(|| Refused.at_most(0.3));
    Scenario::new("C14", format!("{name}, {clients} clients"), setup)
        .goals([Refused.at_most(refused)])
        .stretch(stretch)
}
