//! Several clients on one key that do not know of each other.

use super::Scenario;
use crate::goal::Goal;
use crate::goal::Quantity::{Jain, Refused, RefusedLate, Used};
use crate::setup::{Kind, Setup};

pub(super) const ABOUT_FOUR: &str = "4 clients on one key, 3 s apart";
pub(super) const ABOUT_OTHERS: &str = "2, 8 and 16 clients on one key";

pub(super) fn fours() -> Vec<Scenario> {
    let kinds = Kind::FOUR.into_iter().chain([Kind::SmallBucket]);
    kinds
        .flat_map(|kind| [180, 240].map(|limit| four(kind, limit)))
        .collect()
}

pub(super) fn others() -> Vec<Scenario> {
    let sizes = [(2, 100), (2, 120), (8, 600), (16, 800)].into_iter();
    sizes
        .flat_map(|(clients, limit)| Kind::FOUR.map(|kind| many(kind, clients, limit)))
        .collect()
}

fn four(kind: Kind, limit: u32) -> Scenario {
    let setup = Setup::shared(kind, limit, 4);
    let refused: &[Goal] = match kind {
        Kind::Bucket => &[Refused.at_most(0.0)],
        Kind::SmallBucket => &[Refused.at_most(0.7)],
        _ => &[Refused.at_most(0.5), RefusedLate.at_most(0.3)],
    };
    let stretch: &[Goal] = match kind {
        Kind::Log => &[Refused.at_most(0.2), Used.at_least(98.0)],
        _ => &[],
    };
    Scenario::new("C3", format!("limit {limit}"), setup)
        .goals(refused.iter().copied())
        .goals([Used.at_least(96.4), Jain.at_least(0.97)])
        .stretch(stretch.iter().copied())
        .extra_if(limit != 240)
}

fn many(kind: Kind, clients: usize, limit: u32) -> Scenario {
    let (refused, jain) = match (clients, kind) {
        (2, _) => (0.45, 0.93),
        (8, Kind::Bucket) => (0.05, 0.95),
        (8, Kind::Log) => (0.5, 0.95),
        (8, _) => (0.2, 0.95),
        (_, Kind::Bucket) => (0.25, 0.85),
        (_, Kind::Log) => (1.5, 0.7),
        _ => (0.5, 0.85),
    };
    let stretch = (kind == Kind::Log).then(|| Refused.at_most(if clients > 8 { 0.5 } else { 0.2 }));
    let setup = Setup::shared(kind, limit, clients);
    Scenario::new("C4", format!("{clients} clients, limit {limit}"), setup)
        .goals([Refused.at_most(refused), Jain.at_least(jain)])
        .stretch(stretch)
        .extra_if(clients == 16 || limit == 100)
}
