//! From a decision to the headers that state it. No arithmetic on time here: the decision did it.

use std::time::Duration;

use http::{Response, StatusCode};
use ratelimit_core::{DecisionRef, PolicyStatus};
use ratelimit_headers::{PolicyState, Statement, Writer};

/// What the headers will say: `X-RateLimit-*` show the headline, the IETF lists show all rates.
///
/// Caps on concurrency have no window, so these headers cannot state them; with nothing else, there
/// is nothing to say.
pub(super) fn statement(
    writer: Writer,
    decision: &DecisionRef<'_>,
    headline: PolicyStatus<'_>,
    unix_now: Duration,
) -> Option<Statement> {
    if decision.policies().len() == 1 {
        // What a state says costs a division or two: do not ask twice.
        return statement_of_one(writer, headline, unix_now);
    }
    let headline = state(headline)?;
    let all = decision.policies().filter_map(state);
    Some(writer.statement(&headline, all, unix_now))
}

/// The same of a decision on one policy.
#[inline]
pub(super) fn statement_of_one(
    writer: Writer,
    status: PolicyStatus<'_>,
    unix_now: Duration,
) -> Option<Statement> {
    let state = state(status)?;
    Some(writer.statement(&state, std::iter::once(state), unix_now))
}

/// States it in the inner service's response. A refusal of the service's own may come without a wait: that
/// nobody has to wait must not stand beside it.
#[inline]
pub(super) fn write<B>(statement: &Statement, response: &mut Response<B>) {
    match response.status() {
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {
            statement.write_limits(response.headers_mut());
        }
        _ => statement.write(response.headers_mut()),
    }
}

#[inline]
fn state(status: PolicyStatus<'_>) -> Option<PolicyState<'_>> {
    let (limit, window) = (u64::from(status.limit()), status.window()?);
    let mut state = PolicyState::new(status.name(), limit, status.remaining(), window)
        .with_reset_after(status.reset_after());
    state.unit = status.policy().unit();
    state.spared = status.is_spared();
    state.next_after = status.next_after();
    Some(state)
}
