//! Several limits at once: a cap on concurrency beside a rate, and a day beside a minute.

use super::Scenario;
use crate::goal::Quantity::{InFlight, Refused, Used};
use crate::setup::{Between, Form, Kind, Setup};

pub(super) const ABOUT_CAP: &str = "5 at a time, responses of 2 to 8 s, limit 60";
pub(super) const ABOUT_DAY: &str = "60 a minute and 400 a day";

const RESPONSE: Between = Between::seconds(2.0, 8.0);

pub(super) fn caps() -> Vec<Scenario> {
    let bodies = Kind::FOUR.map(|kind| {
        let setup = Setup {
            body: Some(RESPONSE),
            ..Setup::alone(kind, 60)
        };
        cap("long bodies", setup)
    });
    let answers = Kind::FOUR.map(|kind| {
        let setup = Setup {
            work: Some(RESPONSE),
            ..Setup::alone(kind, 60)
        };
        cap("late heads", setup)
    });
    bodies.into_iter().chain(answers).collect()
}

pub(super) fn days() -> Vec<Scenario> {
    Kind::FOUR.map(day).to_vec()
}

fn cap(name: &str, setup: Setup) -> Scenario {
    let setup = Setup {
        cap: Some(5),
        ..setup
    };
    let used = match setup.kind {
        Kind::Log => 91.0,
        Kind::Counter => 94.0,
        _ => 97.5,
    };
    Scenario::new("C10", name, setup)
        .goals([
            InFlight.at_most(5.0),
            Refused.at_most(0.0),
            Used.at_least(used),
        ])
        .stretch([Used.at_least(96.0)])
}

fn day(kind: Kind) -> Scenario {
    let setup = Setup {
        day: Some(400),
        form: Form::BOTH,
        ..Setup::alone(kind, 60)
    };
    Scenario::new("C11", "the day's use", setup).goals([Refused.at_most(0.0), Used.at_least(99.5)])
}
