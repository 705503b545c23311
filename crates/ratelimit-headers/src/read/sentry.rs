//! `X-Sentry-Rate-Limits` (sentry-rust and sentry-go, tests): `60:transaction:key, 2700:default;error:organization`.
//!
//! Not a structured field. Each entry is a limit that is in force: so many seconds, for these categories, and for all if
//! there are none. An entry whose number cannot be read is skipped.

use super::field::{Field, trim};
use super::moment::up_to_millis;
use super::number::Number;
use super::response::Response;
use crate::dialect::Dialect;
use crate::few::Few;
use crate::policy::Policy;
use crate::text::Text;

pub(super) fn read(fields: &[Field<'_>], response: &Response<'_>, policies: &mut Few<Policy>) {
    for field in fields {
        let text = field.joined(response.headers);
        for entry in text.split(|byte| *byte == b',') {
            if let Some(policy) = policy(entry) {
                policies.push(policy);
            }
        }
    }
}

fn policy(entry: &[u8]) -> Option<Policy> {
    let mut parts = entry.split(|byte| *byte == b':').map(trim);
    let seconds = Number::parse(parts.next()?)?.seconds()?;
    // A category that cannot be read must not become all of them.
    let categories = std::str::from_utf8(parts.next().unwrap_or_default()).ok()?;
    let mut policy = Policy::empty(Dialect::Vendor("sentry"));
    policy.name = (!categories.is_empty()).then(|| Text::from(categories));
    policy.remaining = Some(0);
    policy.reset_after = Some(up_to_millis(seconds)?);
    Some(policy)
}
