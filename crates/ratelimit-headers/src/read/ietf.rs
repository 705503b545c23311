//! `RateLimit` and `RateLimit-Policy` as lists of named items (draft-ietf-httpapi-ratelimit-headers-08 and later).
//!
//! Strict in syntax and types, lenient in what may be missing: a field that does not parse, or in which a parameter
//! that the draft defines has the wrong type or range, is ignored whole; a parameter that is missing is unknown, and
//! parameters that the draft does not define are comments. The shapes of earlier drafts are not lists of names, so
//! they count as absent.

use super::field;
use super::join::join;
use super::member::{self, Member, Params};
use crate::few::Few;
use crate::names::{RATE_LIMIT, RATE_LIMIT_POLICY};
use crate::policy::Policy;
use http::HeaderMap;

/// `RateLimit` (draft -10, section 4.1).
pub(crate) const COUNTERS: Params = Params {
    count: "r",
    seconds: "t",
    unit: None,
    partition_key: "pk",
};

/// `RateLimit-Policy` (draft -10, section 3.1).
pub(crate) const POLICIES: Params = Params {
    count: "q",
    seconds: "w",
    unit: Some("qu"),
    partition_key: "pk",
};

/// Every policy of both fields; none if neither is readable.
pub(super) fn read(headers: &HeaderMap) -> Few<Policy> {
    let counters = field::joined(headers, &RATE_LIMIT);
    let policies = field::joined(headers, &RATE_LIMIT_POLICY);
    if counters.is_none() && policies.is_none() {
        return Few::Zero;
    }
    let (counters, policies) = (counters.unwrap_or_default(), policies.unwrap_or_default());
    join(
        members(&counters, &COUNTERS).as_slice(),
        members(&policies, &POLICIES).as_slice(),
    )
}

/// The members of a list; none if it is blank or to be ignored.
pub(crate) fn members<'a>(text: &'a [u8], params: &Params) -> Few<Member<'a>> {
    member::parse(text, params).unwrap_or_default()
}
