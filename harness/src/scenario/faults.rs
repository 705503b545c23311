//! What is stated is wrong, lost, or about what was used before the start.

use super::Scenario;
use crate::goal::Quantity::{Refused, Skewed, Used};
use crate::setup::{Form, Kind, Setup};

pub(super) const ABOUT: &str = "wrong clock, lost headers, a restart";
pub(super) const ABOUT_DATE: &str = "no Date, wrong clock";

pub(super) fn all() -> Vec<Scenario> {
    let skews = [(1, -30), (1, 30), (4, 30)].into_iter();
    let skewed =
        skews.flat_map(|(clients, skew)| Kind::FOUR.map(|kind| skewed(kind, clients, skew)));
    let lost = Kind::FOUR.map(lost);
    let restart = Kind::FOUR.map(restart);
    skewed.chain(lost).chain(restart).collect()
}

pub(super) fn without_date() -> Vec<Scenario> {
    let unix = [-30, 30].into_iter().flat_map(|skew| {
        let name = format!("clock {skew:+} s");
        Kind::FOUR.map(|kind| dateless(kind, &name, Form::UNIX_NO_DATE, skew))
    });
    let delays = Kind::FOUR.map(|kind| {
        dateless(kind, "clock +30 s, t=", Form::IETF_NO_DATE, 30).stretch([Used.at_least(98.0)])
    });
    unix.chain(delays).collect()
}

fn skewed(kind: Kind, clients: usize, skew: i32) -> Scenario {
    let setup = Setup {
        skew,
        ..Setup::shared(kind, 240, clients)
    };
    let name = match clients {
        1 => format!("clock {skew:+} s"),
        _ => format!("clock {skew:+} s, {clients} clients"),
    };
    Scenario::new("C6", name, setup)
        .goals([Skewed.at_most(0.0)])
        .extra_if(clients == 1 && skew > 0)
}

fn lost(kind: Kind) -> Scenario {
    let setup = Setup {
        headers_lost: 0.3,
        ..Setup::alone(kind, 240)
    };
    Scenario::new("C6", "30 % of headers lost", setup)
        .goals([Refused.at_most(0.02), Used.at_least(95.0)])
        // Against a counter some runs lose a whole window and most lose nothing: one says little of their mean.
        .extra_if(kind == Kind::Counter)
}

fn restart(kind: Kind) -> Scenario {
    let setup = Setup {
        used_before: 150,
        ..Setup::alone(kind, 240)
    };
    Scenario::new("C6", "150 of 240 used before", setup).goals([Refused.at_most(0.05)])
}

fn dateless(kind: Kind, name: &str, form: Form, skew: i32) -> Scenario {
    let setup = Setup {
        form,
        skew,
        ..Setup::alone(kind, 240)
    };
    Scenario::new("C7", name, setup)
        .goals([Refused.at_most(0.0), Used.at_least(90.0)])
        .extra_if(skew < 0)
}
