//! `Zendesk-RateLimit-<endpoint>: total=100; remaining=99; resets=41` (developer.zendesk.com, rate limits).
//!
//! The one family whose names are not all known: what comes behind the prefix is the name of the policy.

use super::field::{Field, trim};
use super::number::Number;
use super::response::Response;
use crate::dialect::Dialect;
use crate::few::Few;
use crate::policy::Policy;
use crate::text::Text;
use http::HeaderName;

pub(super) const DIALECT: Dialect = Dialect::Vendor("zendesk");

pub(super) fn endpoint(name: &HeaderName) -> Option<&str> {
    let name = name.as_str();
    if !name.starts_with('z') {
        return None;
    }
    let endpoint = name.strip_prefix("zendesk-ratelimit-")?;
    (!endpoint.is_empty()).then_some(endpoint)
}

pub(super) fn read(fields: &[Field<'_>], response: &Response<'_>, policies: &mut Few<Policy>) {
    for field in fields {
        if let Some(policy) = policy(field, response) {
            policies.push(policy);
        }
    }
}

fn policy(field: &Field<'_>, response: &Response<'_>) -> Option<Policy> {
    let text = field.single(response.headers)?;
    let mut policy = Policy::empty(DIALECT);
    let unit = response.reader.hint(DIALECT).unwrap_or_default();
    policy.name = endpoint(field.name).map(Text::from);
    for part in text.split(|byte| *byte == b';') {
        let Some(equals) = part.iter().position(|byte| *byte == b'=') else {
            continue;
        };
        let value = trim(&part[equals + 1..]);
        let count = || Number::parse(value)?.count();
        match trim(&part[..equals]) {
            b"total" => policy.limit = count(),
            b"remaining" => policy.remaining = count(),
            b"resets" => policy.set_reset(response.moments.reset(value, unit)),
            _ => {}
        }
    }
    policy.says_something().then_some(policy)
}
