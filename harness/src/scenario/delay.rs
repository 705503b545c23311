//! Answers that come late, and headers that are late when they come.

use std::time::Duration;

use super::Scenario;
use crate::goal::Quantity::{Refused, Used};
use crate::setup::{Between, Kind, Setup, Start};

pub(super) const ABOUT: &str = "round trips of 0.05 to 5 s";
pub(super) const ABOUT_HEADERS: &str = "headers 0.2 s late";

/// Ten minutes that end with a window begin with one. What is left of a window in which a run begins late is more than
/// fifty workers can fetch in time: less is asked for where there are such windows.
pub(super) fn all() -> Vec<Scenario> {
    let from_an_edge = Kind::FOUR.map(|kind| {
        let setup = Setup {
            start: Start::AtAnEdge,
            ..slow(kind)
        };
        let stretch = (kind != Kind::Fixed).then(|| Used.at_least(99.0));
        Scenario::new("C8", "alone", setup)
            .goals([Refused.at_most(0.0), Used.at_least(used(kind))])
            .stretch(stretch)
    });
    let from_anywhere = [(Kind::Fixed, 97.5), (Kind::Counter, 95.5)].map(|(kind, used)| {
        Scenario::new("C8", "begun anywhere", slow(kind))
            .goals([Refused.at_most(0.0), Used.at_least(used)])
    });
    from_an_edge.into_iter().chain(from_anywhere).collect()
}

pub(super) fn late_headers() -> Vec<Scenario> {
    let clients = [1, 4].into_iter();
    clients
        .flat_map(|clients| Kind::FOUR.map(|kind| late(kind, clients)))
        .collect()
}

fn slow(kind: Kind) -> Setup {
    Setup {
        latency: Between::seconds(0.025, 2.5),
        ..Setup::alone(kind, 240)
    }
}

fn used(kind: Kind) -> f64 {
    match kind {
        Kind::Log => 97.0,
        Kind::Counter => 98.0,
        Kind::Bucket => 97.5,
        _ => 99.5,
    }
}

fn late(kind: Kind, clients: usize) -> Scenario {
    let setup = Setup {
        headers_late: Duration::from_millis(200),
        ..Setup::shared(kind, 240, clients)
    };
    let used = match kind {
        Kind::Counter => 94.0,
        _ => 98.0,
    };
    let scenario =
        match clients {
            1 => Scenario::new("C15", "alone", setup)
                .goals([Refused.at_most(0.05), Used.at_least(used)]),
            _ => Scenario::new("C15", format!("{clients} clients"), setup)
                .goals([Refused.at_most(0.7)]),
        };
    scenario.stretch([Refused.at_most(0.0)])
}
