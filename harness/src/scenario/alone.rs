//! A client that has the key for itself.

use super::Scenario;
use crate::goal::Quantity::{Refused, Used};
use crate::setup::{Kind, Setup};

pub(super) const ABOUT: &str = "alone, 50 workers, 10 minutes";

pub(super) fn all() -> Vec<Scenario> {
    let limits = [60, 240, 600];
    let kinds = Kind::FOUR.into_iter().chain([Kind::SmallBucket]);
    kinds
        .flat_map(|kind| limits.map(|limit| one(kind, limit)))
        .collect()
}

fn one(kind: Kind, limit: u32) -> Scenario {
    let scenario = Scenario::new("C1", format!("limit {limit}"), Setup::alone(kind, limit));
    let scenario = scenario.extra_if(limit != 240);
    let scenario = scenario.goals([Refused.at_most(0.0), Used.at_least(use_of(kind, limit))]);
    match limit {
        60 => scenario,
        _ => scenario.stretch([Used.at_least(99.5)]),
    }
}

fn use_of(kind: Kind, limit: u32) -> f64 {
    let of = |[at_60, at_240, at_600]: [f64; 3]| match limit {
        60 => at_60,
        240 => at_240,
        _ => at_600,
    };
    match kind {
        Kind::Log | Kind::Counter => of([98.0, 99.0, 99.5]),
        Kind::Bucket => of([98.8, 99.2, 99.4]),
        Kind::SmallBucket => 98.5,
        _ => 99.5,
    }
}
