//! The fields of each family, and those that others write beside them.
//!
//! What stands beside a limit belongs to it: a stranger's `X-RateLimit-Reset-After` beside our `X-RateLimit-Reset` would
//! be believed in its place. So the fields of a family come and go together.

use crate::names::{RATE_LIMIT, RATE_LIMIT_POLICY};
use http::{HeaderMap, HeaderName};

const fn name(name: &'static str) -> HeaderName {
    HeaderName::from_static(name)
}

/// Limit, remaining, reset, and what stands beside them.
macro_rules! family {
    ($family:literal $(, $more:expr)*) => {
        [
            name(concat!($family, "-limit")),
            name(concat!($family, "-remaining")),
            name(concat!($family, "-reset")),
            name(concat!($family, "-used")),
            name(concat!($family, "-observed")),
            name(concat!($family, "-reset-after")),
            name(concat!($family, "-resettime")),
            name(concat!($family, "-next")),
            name(concat!($family, "-resource")),
            name(concat!($family, "-bucket")),
            name(concat!($family, "-name")),
            name(concat!($family, "-interval")),
            name(concat!($family, "-period")),
            name(concat!($family, "-duration")),
            name(concat!($family, "-renewalperiod")),
            $($more,)*
        ]
    };
}

/// `X-RateLimit-*`.
pub(super) static X: [HeaderName; 15] = family!("x-ratelimit");

/// All shapes of the IETF drafts, because `RateLimit-Policy` means another thing in each.
pub(super) static IETF: [HeaderName; 17] = family!("ratelimit", RATE_LIMIT, RATE_LIMIT_POLICY);

/// A unit, and the fields that state it: limit, remaining, reset.
pub(super) type OfUnit = (&'static str, [HeaderName; 3]);

macro_rules! of_unit {
    ($unit:literal, $limit:literal, $remaining:literal, $reset:literal) => {
        ($unit, [name($limit), name($remaining), name($reset)])
    };
}

pub(super) static OPENAI: [OfUnit; 2] = [
    of_unit!(
        "requests",
        "x-ratelimit-limit-requests",
        "x-ratelimit-remaining-requests",
        "x-ratelimit-reset-requests"
    ),
    of_unit!(
        "tokens",
        "x-ratelimit-limit-tokens",
        "x-ratelimit-remaining-tokens",
        "x-ratelimit-reset-tokens"
    ),
];

pub(super) static ANTHROPIC: [OfUnit; 4] = [
    of_unit!(
        "requests",
        "anthropic-ratelimit-requests-limit",
        "anthropic-ratelimit-requests-remaining",
        "anthropic-ratelimit-requests-reset"
    ),
    of_unit!(
        "tokens",
        "anthropic-ratelimit-tokens-limit",
        "anthropic-ratelimit-tokens-remaining",
        "anthropic-ratelimit-tokens-reset"
    ),
    of_unit!(
        "input-tokens",
        "anthropic-ratelimit-input-tokens-limit",
        "anthropic-ratelimit-input-tokens-remaining",
        "anthropic-ratelimit-input-tokens-reset"
    ),
    of_unit!(
        "output-tokens",
        "anthropic-ratelimit-output-tokens-limit",
        "anthropic-ratelimit-output-tokens-remaining",
        "anthropic-ratelimit-output-tokens-reset"
    ),
];

pub(super) const X_RETRY_AFTER: HeaderName = name("x-ratelimit-retry-after");

/// Removes the fields of every family that can be written.
pub(super) fn remove_all(headers: &mut HeaderMap) {
    // Of the names that are there few are ours: that is asked first, and of few bytes.
    let ours = headers
        .keys()
        .filter(|name| may_be_ours(name) && is_ours(name));
    let ours: Vec<HeaderName> = ours.cloned().collect();
    for name in ours {
        headers.remove(name);
    }
}

fn may_be_ours(name: &HeaderName) -> bool {
    let begins = |with| name.as_str().starts_with(with);
    begins("x-ratelimit-") || begins("ratelimit") || begins("anthropic-ratelimit-")
}

fn is_ours(name: &HeaderName) -> bool {
    let of_units = OPENAI.iter().chain(&ANTHROPIC);
    let of_units = of_units.flat_map(|(_, fields)| fields);
    let mut all = X.iter().chain(&IETF).chain(of_units);
    all.any(|field| field == name) || name == X_RETRY_AFTER
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_ours_is_asked_for() {
        let of_units = OPENAI.iter().chain(&ANTHROPIC);
        let of_units = of_units.flat_map(|(_, fields)| fields);
        for field in X
            .iter()
            .chain(&IETF)
            .chain(of_units)
            .chain([&X_RETRY_AFTER])
        {
            assert!(may_be_ours(field) && is_ours(field), "{field}");
        }
    }

    #[test]
    fn the_fields_of_a_unit_are_named_after_it() {
        const PARTS: [&str; 3] = ["limit", "remaining", "reset"];
        let openai = |unit, part| format!("x-ratelimit-{part}-{unit}");
        let anthropic = |unit, part| format!("anthropic-ratelimit-{unit}-{part}");
        for (unit, fields) in &OPENAI {
            assert_eq!(
                fields.each_ref().map(HeaderName::as_str),
                PARTS.map(|part| openai(*unit, part))
            );
        }
        for (unit, fields) in &ANTHROPIC {
            let names = PARTS.map(|part| anthropic(*unit, part));
            assert_eq!(fields.each_ref().map(HeaderName::as_str), names);
        }
    }
}
