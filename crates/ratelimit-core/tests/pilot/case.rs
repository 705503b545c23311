//! What may happen between one client and one server.

use proptest::prelude::*;
use ratelimit_core::adapt::Pace;
use ratelimit_core::{Plan, Policy, Quota};

use crate::{MINUTE, SECOND};

/// The limiter of the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Fixed,
    Log,
    Counter,
    Bucket,
    /// A bucket that holds a fifth of its limit.
    Burst,
}

pub(crate) const KINDS: [Kind; 5] = [
    Kind::Fixed,
    Kind::Log,
    Kind::Counter,
    Kind::Bucket,
    Kind::Burst,
];

/// How the server words its limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// The reset as a moment in whole seconds; no window.
    Moment,
    /// The reset as seconds from now, and the window.
    Seconds,
    /// The seconds until the next unit comes, and the window.
    NextUnit,
}

pub(crate) const FORMS: [Form; 3] = [Form::Moment, Form::Seconds, Form::NextUnit];

/// One run.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    pub(crate) kind: Kind,
    pub(crate) form: Form,
    pub(crate) limit: u32,
    /// Nanoseconds, as all times here.
    pub(crate) window: u64,
    pub(crate) pace: Pace,
    pub(crate) workers: usize,
    pub(crate) seed: u64,
    /// The longest way to the server, and the longest way back.
    pub(crate) way: u64,
    /// Percents of answers: that state no limit; that are not dated either; that never come.
    pub(crate) unstated: u32,
    pub(crate) undated: u32,
    pub(crate) lost: u32,
    /// Percent of sends that are taken back.
    pub(crate) taken_back: u32,
    /// How long it lasts, in windows.
    pub(crate) windows: u64,
    /// Between these two no answer comes.
    pub(crate) silence: Option<(u64, u64)>,
}

impl Case {
    /// A network that is quick and never fails.
    pub(crate) fn plain(kind: Kind, form: Form, limit: u32, seed: u64) -> Self {
        Self {
            kind,
            form,
            limit,
            window: MINUTE,
            pace: Pace::Even,
            workers: 50,
            seed,
            way: SECOND / 20,
            unstated: 0,
            undated: 0,
            lost: 0,
            taken_back: 0,
            windows: 5,
            silence: None,
        }
    }

    /// The same on a network that loses nothing.
    pub(crate) fn without_faults(self) -> Self {
        Self {
            unstated: 0,
            undated: 0,
            lost: 0,
            taken_back: 0,
            ..self
        }
    }

    /// The plan of the server.
    pub(crate) fn plan(&self) -> Plan {
        let window = std::time::Duration::from_nanos(self.window);
        let quota = Quota::new(self.limit, window).unwrap();
        let policy = match self.kind {
            Kind::Fixed => Policy::fixed_window("limit", quota),
            Kind::Log => Policy::sliding_log("limit", quota),
            Kind::Counter => Policy::sliding_counter("limit", quota),
            Kind::Bucket => Policy::gcra("limit", quota),
            Kind::Burst => Policy::gcra("limit", quota.burst((self.limit / 5).max(1))),
        };
        Plan::new("plan", [policy]).unwrap()
    }
}

pub(crate) fn kinds() -> impl Strategy<Value = Kind> {
    prop::sample::select(&KINDS[..])
}

pub(crate) fn forms() -> impl Strategy<Value = Form> {
    prop_oneof![Just(Form::Moment), Just(Form::Seconds)]
}

fn paces() -> impl Strategy<Value = Pace> {
    prop_oneof![Just(Pace::Even), Just(Pace::Eager)]
}

/// Percents: mostly none.
fn faults(most: u32) -> impl Strategy<Value = u32> {
    prop_oneof![2 => Just(0), 1 => 1..=most]
}

/// Anything that one client and one server may meet with, in windows of this length.
pub(crate) fn any_case(window: u64) -> impl Strategy<Value = Case> {
    let server = (kinds(), forms(), 5..=600u32);
    let client = (paces(), 1..=60usize, any::<u64>());
    let network = (0..=SECOND, faults(40), faults(40), faults(20), faults(20));
    (server, client, network).prop_map(move |(server, client, network)| {
        let (kind, form, limit) = server;
        let (pace, workers, seed) = client;
        let (way, unstated, undated, lost, taken_back) = network;
        Case {
            window,
            pace,
            workers,
            way,
            unstated,
            undated,
            lost,
            taken_back,
            windows: if window == SECOND { 30 } else { 4 },
            ..Case::plain(kind, form, limit, seed)
        }
    })
}
