//! Whether what a file says makes sense: every mistake that can be seen without serving anybody.
//!
//! The check goes on after a mistake, so that one run tells all of them. A plan that is itself wrong
//! still counts as a plan when its name is looked up: one mistake is one message.

mod also;
mod calendar;
mod callers;
mod endpoints;
mod headers;
mod meters;
pub(super) mod path;
mod plans;
mod refusals;
mod settings;
mod usage;

use std::ops::Range;

use ratelimit_headers::Dialects;

use super::error::{self, Found};
use super::{PolicyFile, file};

use plans::Plans;

/// Gathers mistakes.
struct Checker<'s> {
    source: &'s str,
    /// Which headers state the limits.
    dialects: Dialects,
    found: Vec<Found>,
    warnings: Vec<Found>,
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
    if let Some(words) = &file.responses.headers {
        checker.dialects = checker.dialects(words);
    }
    let mut plans = Plans::check(&mut checker, file.plans);
    let callers = checker.callers(&file.caller, file.keys, &mut plans);
    let endpoints = {
        let also = callers.as_ref().and_then(|callers| callers.also.as_ref());
        checker.endpoints(file.endpoints, &plans, also)
    };
    let forwarded = file.forwarded.and_then(|rule| checker.forwarded(rule));
    let meters = {
        let of_endpoints = endpoints.iter().map(|endpoint| &endpoint.plan);
        checker.meters(&file.meters, &plans.iter().chain(of_endpoints))
    };
    let responses = checker.responses(&file.responses);
    let refusals = checker.refusals(&file.refusals);
    let usage = file.usage.and_then(|usage| checker.usage(usage));
    let store = checker.store(&file.store);
    let skip = checker.skip(file.skip);
    plans.warn_of_unused(&mut checker);
    let warnings = error::in_order(source, checker.warnings);
    match callers {
        Some(callers) if checker.found.is_empty() => Ok(PolicyFile {
            name: file.name,
            plans: plans.into_plans(),
            endpoints,
            callers,
            forwarded,
            responses,
            store,
            skip,
            refusals,
            meters,
            usage,
            shadow: file.shadow,
            warnings,
        }),
        _ => Err(checker.found),
    }
}

impl Checker<'_> {
    /// Something is wrong at `at`.
    fn wrong(&mut self, at: usize, message: impl Into<String>, hint: impl Into<String>) {
        self.found.push(Found::new(at, message).hint(hint));
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
