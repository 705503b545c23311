//! `X-RateLimit-Limit`, `-Remaining` and `-Reset`: one policy, without a name, in three fields.

use super::field;
use super::moment::Moments;
use super::number::Number;
use crate::dialect::Dialect;
use crate::names::{X_LIMIT, X_REMAINING, X_RESET};
use crate::policy::Policy;
use http::HeaderMap;

/// `None` if none of the three says anything.
pub(crate) fn read(headers: &HeaderMap, moments: &Moments<'_>) -> Option<Policy> {
    let mut policy = Policy::empty(Dialect::XRateLimit);
    policy.limit = field::repeated(headers, &X_LIMIT).and_then(count);
    policy.remaining = field::single(headers, &X_REMAINING).and_then(count);
    policy.reset_after = field::single(headers, &X_RESET).and_then(|text| moments.reset(text));
    policy.says_something().then_some(policy)
}

fn count(text: &[u8]) -> Option<u64> {
    Number::parse(text)?.count()
}
