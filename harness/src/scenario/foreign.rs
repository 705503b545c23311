//! Limiters that count in ways of their own.

use super::Scenario;
use crate::goal::Quantity::Refused;
use crate::setup::{Kind, Setup};

pub(super) const ABOUT: &str = "a log that counts refusals, a window from the first request";

pub(super) fn all() -> Vec<Scenario> {
    let kinds = [Kind::CountsRefused, Kind::FirstRequest].into_iter();
    kinds
        .flat_map(|kind| [1, 4].map(|clients| one(kind, clients)))
        .collect()
}

fn one(kind: Kind, clients: usize) -> Scenario {
    let name = match clients {
        1 => "alone".to_owned(),
        _ => format!("{clients} clients"),
    };
    let refused = match (kind, clients) {
        (Kind::CountsRefused, _) => 0.4,
        (_, 1) => 0.0,
        _ => 0.9,
    };
    Scenario::new("C16", name, Setup::shared(kind, 240, clients))
        .goals([Refused.at_most(refused)])
        .stretch([Refused.at_most(0.3)])
}
