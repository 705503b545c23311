//! From a decision to the headers that state it. No arithmetic on time here: the decision did it.

use std::time::Duration;

use http::HeaderMap;
use ratelimit_core::{DecisionRef, PolicyStatus};
use ratelimit_headers::{PolicyState, Writer};

/// States the decision: `X-RateLimit-*` show the tightest rate, the IETF lists show all of them.
///
/// Caps on concurrency have no window, so these headers cannot state them.
pub(super) fn write(
    writer: Writer,
    headers: &mut HeaderMap,
    decision: &DecisionRef<'_>,
    unix_now: Duration,
) {
    if let Some(headline) = state(decision.tightest()) {
        let all = decision.policies().filter_map(state);
        writer.write(headers, &headline, all, unix_now);
    }
}

fn state(status: PolicyStatus<'_>) -> Option<PolicyState<'_>> {
    Some(PolicyState {
        name: status.name(),
        unit: status.policy().unit(),
        limit: u64::from(status.limit()),
        remaining: status.remaining(),
        reset_after: status.reset_after(),
        next_after: status.next_after(),
        window: status.window()?,
    })
}
