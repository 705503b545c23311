//! Families that have fields of their own for each unit: those of OpenAI and Anthropic, so that a gateway before a
//! language model speaks the language of its clients.
//!
//! A field can state one policy, so of each unit the policy with the fewest units left is stated. A policy whose unit
//! has no field is not stated at all.

use super::family::Family;
use super::single::unit;
use super::{chunk, duration, rfc3339, time};
use crate::dialect::Dialect;
use crate::read::scope::{ANTHROPIC, OPENAI, units};
use crate::state::PolicyState;
use http::HeaderValue;
use std::cmp::Reverse;
use std::time::Duration;

/// `x-ratelimit-limit-requests: 60`, `x-ratelimit-reset-requests: 6m0s`.
pub(super) fn openai(all: &[PolicyState<'_>]) -> impl Iterator<Item = Family> {
    let reset = |after| chunk::value(|text| duration::push(text, after));
    of_units(OPENAI, all, reset)
}

/// `anthropic-ratelimit-requests-limit: 60`, `anthropic-ratelimit-requests-reset: 2025-10-19T00:15:00Z`.
pub(super) fn anthropic(
    all: &[PolicyState<'_>],
    unix_now: Duration,
) -> impl Iterator<Item = Family> {
    let reset = move |after| {
        let moment = time::seconds_up(unix_now.saturating_add(after));
        chunk::value(|text| rfc3339::push(text, moment))
    };
    of_units(ANTHROPIC, all, reset)
}

fn of_units(
    vendor: &'static str,
    all: &[PolicyState<'_>],
    reset_value: impl Fn(Duration) -> HeaderValue,
) -> impl Iterator<Item = Family> {
    units(vendor).filter_map(move |of_unit| {
        let policy = tightest(all.iter().filter(|policy| unit(policy) == of_unit.unit))?;
        let [limit, remaining, reset] = of_unit.names();
        let family = Family::of(of_unit.scope, Dialect::Vendor(vendor), policy.remaining)
            .with_number(limit, policy.limit)
            .with_number(remaining, policy.remaining)
            .with(reset, reset_value(policy.reset_after));
        Some(family)
    })
}

/// The policy with the fewest units left; of those the one that resets last.
fn tightest<'s, 'a>(
    policies: impl Iterator<Item = &'s PolicyState<'a>>,
) -> Option<&'s PolicyState<'a>>
where
    'a: 's,
{
    policies.min_by_key(|policy| (policy.remaining, Reverse(policy.reset_after)))
}
