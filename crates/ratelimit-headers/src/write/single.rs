//! Families that state one policy: the headline, and perhaps the quotas of the others beside it.
//!
//! They have no units, so of the other policies those are listed that count what the headline counts.

use super::family::Family;
use super::{chunk, digits, ietf, time};
use crate::dialect::Dialect;
use crate::names::{RATE_LIMIT, RATE_LIMIT_POLICY, X_LIMIT, X_REMAINING, X_RESET};
use crate::read::scope::Scope;
use crate::state::PolicyState;
use bytes::BytesMut;
use http::{HeaderName, HeaderValue};

/// `X-RateLimit-*` with the reset as a delay.
pub(super) fn x_delta(headline: &PolicyState<'_>, _: &[PolicyState<'_>]) -> Family {
    Family::of(Scope::X, Dialect::XRateLimit, headline.remaining)
        .with_number(X_LIMIT, headline.limit)
        .with_number(X_REMAINING, headline.remaining)
        .with_number(X_RESET, time::delay(headline.reset_after))
}

/// `X-RateLimit-*` as Envoy's filter writes them: `10, 10;w=1;name="per-ip", 1000;w=3600`.
pub(super) fn envoy(headline: &PolicyState<'_>, all: &[PolicyState<'_>]) -> Family {
    let list = chunk::value(|text| {
        digits::push(text, headline.limit);
        for policy in quotas(headline, all) {
            text.extend_from_slice(b", ");
            push_quota(text, policy);
            text.extend_from_slice(b";name=");
            ietf::push_string(text, policy.name);
        }
    });
    Family::of(Scope::X, Dialect::XRateLimit, headline.remaining)
        .with(X_LIMIT, list)
        .with_number(X_REMAINING, headline.remaining)
        .with_number(X_RESET, time::delay(headline.reset_after))
}

/// `RateLimit-Limit`, `-Remaining`, `-Reset` (draft -06, section 3).
pub(super) fn ietf_trio(headline: &PolicyState<'_>, all: &[PolicyState<'_>]) -> Family {
    const NAMES: [HeaderName; 3] = [
        HeaderName::from_static("ratelimit-limit"),
        HeaderName::from_static("ratelimit-remaining"),
        HeaderName::from_static("ratelimit-reset"),
    ];
    let [limit, remaining, reset] = NAMES;
    let family = Family::of(Scope::Ietf, Dialect::IetfTrio, headline.remaining)
        .with_number(limit, headline.limit)
        .with_number(remaining, headline.remaining)
        .with_number(reset, time::delay(headline.reset_after));
    with_policies(family, headline, all)
}

/// `RateLimit: limit=100, remaining=50, reset=5` (draft -07, section 3).
pub(super) fn ietf_07(headline: &PolicyState<'_>, all: &[PolicyState<'_>]) -> Family {
    let dictionary = chunk::value(|text| {
        ietf::push_integer(text, b"limit=", headline.limit);
        ietf::push_integer(text, b", remaining=", headline.remaining);
        ietf::push_integer(text, b", reset=", time::delay(headline.reset_after));
    });
    let family =
        Family::of(Scope::Ietf, Dialect::Ietf07, headline.remaining).with(RATE_LIMIT, dictionary);
    with_policies(family, headline, all)
}

/// `RateLimit-Policy: 100;w=60, 1000;w=3600`; left out if it were empty.
fn with_policies(family: Family, headline: &PolicyState<'_>, all: &[PolicyState<'_>]) -> Family {
    let list: HeaderValue = chunk::value(|text| {
        for (place, policy) in quotas(headline, all).into_iter().enumerate() {
            if place > 0 {
                text.extend_from_slice(b", ");
            }
            push_quota(text, policy);
        }
    });
    if list.is_empty() {
        return family;
    }
    family.with(RATE_LIMIT_POLICY, list)
}

/// `100;w=60`
fn push_quota(text: &mut BytesMut, policy: &PolicyState<'_>) {
    digits::push(text, policy.limit);
    ietf::push_integer(text, b";w=", time::window(policy.window));
}

/// The policies to list. A list in which a quota stands twice is not legal (draft -06, section 3.2): readers know a
/// policy by its quota. So of two with one quota the headline is listed, or else the first.
fn quotas<'s, 'a>(
    headline: &'s PolicyState<'a>,
    all: &'s [PolicyState<'a>],
) -> Vec<&'s PolicyState<'a>> {
    let quota = |policy: &PolicyState<'_>| policy.limit.min(digits::LARGEST);
    let mut listed: Vec<&PolicyState<'a>> = Vec::new();
    for policy in all.iter().filter(|policy| unit(policy) == unit(headline)) {
        let is_another = policy != headline && quota(policy) == quota(headline);
        let is_repeated = listed.iter().any(|listed| quota(listed) == quota(policy));
        if !is_another && !is_repeated {
            listed.push(policy);
        }
    }
    listed
}

/// What a policy counts (draft -10, section 3.1.2: requests, unless it says otherwise).
pub(super) fn unit<'a>(policy: &PolicyState<'a>) -> &'a str {
    policy.unit.unwrap_or("requests")
}
