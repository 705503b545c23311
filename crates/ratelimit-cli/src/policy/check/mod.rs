//! Whether what a file says makes sense: every mistake that can be seen without serving anybody.
//!
//! The check goes on after a mistake, so that one run tells all of them. A plan that is itself wrong
//! still counts as a plan when its name is looked up: one mistake is one message.

mod also;
mod calendar;
mod callers;
mod charges;
mod endpoints;
mod headers;
mod marks;
mod meters;
pub(super) mod path;
mod plans;
mod policies;
mod refusals;
mod responses;
mod settings;
mod units;
mod usage;

use std::mem::take;
use std::ops::Range;

use ratelimit_core::Plan;
use ratelimit_headers::Dialects;

use super::error::{self, Found};
use super::{Callers, EndpointRule, MeterRule, PolicyFile, file};

use plans::Plans;

/// Gathers mistakes.
struct Checker<'s> {
    source: &'s str,
    /// Which headers state the limits.
    dialects: Dialects,
    found: Vec<Found>,
    warnings: Vec<Found>,
}

/// Who is bound by what.
struct Bound {
    plans: Vec<Plan>,
    callers: Option<Callers>,
    endpoints: Vec<EndpointRule>,
    meters: Vec<MeterRule>,
}

/// The file as it can be enforced, or everything that is wrong with it.
pub(super) fn check(source: &str, file: file::File) -> Result<PolicyFile, Vec<Found>> {
    let mut checker = Checker {
        source,
        dialects: Dialects::default(),
        found: Vec::new(),
        warnings: Vec::new(),
    };
    if !checker.is_known(&file.version) {
        // What another version means by its words is not known here.
        return Err(checker.found);
    }
    match checker.file(file) {
        Some(policy) if checker.found.is_empty() => Ok(PolicyFile {
            warnings: error::in_order(source, checker.warnings),
            ..policy
        }),
        _ => Err(checker.found),
    }
}

impl Checker<'_> {
    /// Everything in it, whatever else is wrong.
    fn file(&mut self, mut file: file::File) -> Option<PolicyFile> {
        if let Some(words) = &file.responses.headers {
            self.dialects = self.dialects(words);
        }
        self.warn_of_unmetered(&file);
        self.no_unit_is_a_period(&file);
        let bound = self.bound(&mut file);
        let usage = file.usage.and_then(|usage| self.usage(usage));
        Some(PolicyFile {
            name: file.name,
            plans: bound.plans,
            endpoints: bound.endpoints,
            forwarded: file.forwarded.and_then(|rule| self.forwarded(rule)),
            responses: self.responses(&file.responses),
            store: self.store(&file.store),
            skip: self.skip(file.skip, usage.as_ref()),
            refusals: self.refusals(&file.refusals),
            meters: bound.meters,
            usage,
            shadow: file.shadow,
            warnings: Vec::new(),
            // The last: who calls may be unknown, and the rest is to be checked all the same.
            callers: bound.callers?,
        })
    }

    /// Takes out of the file what says who is bound.
    fn bound(&mut self, file: &mut file::File) -> Bound {
        let mut plans = Plans::check(self, take(&mut file.plans));
        let callers = self.callers(&file.caller, take(&mut file.keys), &mut plans);
        let also = callers.as_ref().and_then(|callers| callers.also.as_ref());
        let credentials = marks::credentials(&file.caller);
        let endpoints = self.endpoints(take(&mut file.endpoints), &plans, also, &credentials);
        let of_endpoints = endpoints.iter().map(|endpoint| &endpoint.plan);
        let meters = self.meters(&file.meters, &plans.iter().chain(of_endpoints));
        plans.warn_of_unused(self);
        Bound {
            plans: plans.into_plans(),
            callers,
            endpoints,
            meters,
        }
    }

    /// Something is wrong at `at`.
    fn wrong(&mut self, at: usize, message: impl Into<String>, hint: impl Into<String>) {
        self.found.push(Found::new(at, message).hint(hint));
    }

    /// Something at `at` is probably not meant.
    fn warn(&mut self, at: usize, message: impl Into<String>, hint: impl Into<String>) {
        self.warnings.push(Found::new(at, message).hint(hint));
    }

    /// The line of a byte, for messages that point to it.
    fn line(&self, at: usize) -> usize {
        error::line_and_column(self.source, at).0
    }

    /// The place of a byte inside a string.
    fn inside(&self, span: &Range<usize>, value: &str, offset: usize) -> usize {
        error::inside(self.source, span, value, offset)
    }

    fn is_known(&mut self, version: &toml::Spanned<i64>) -> bool {
        let known = *version.get_ref() == 1;
        if !known {
            let message = format!("version {} is not known", version.get_ref());
            self.wrong(
                version.span().start,
                message,
                "this program reads `version = 1`",
            );
        }
        known
    }

    /// A number of at least 1 that fits.
    fn count(&mut self, number: &toml::Spanned<i64>, what: &str) -> Option<u32> {
        let count = u32::try_from(*number.get_ref()).ok().filter(|n| *n > 0);
        if count.is_none() {
            let message = format!("{what} of {} cannot be kept", number.get_ref());
            let hint = format!("use a number from 1 to {}", u32::MAX);
            self.wrong(number.span().start, message, hint);
        }
        count
    }
}
