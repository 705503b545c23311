//! How the server states its limits.

use std::time::Duration;

use http::{HeaderMap, HeaderName};
use ratelimit_headers::{PolicyState, Writer};

use crate::limiter::Standing;
use crate::setup::Form;

/// What a request came to cost, where that is known only afterwards.
pub(crate) const ACTUAL_COST: HeaderName = HeaderName::from_static("x-actual-cost");

/// States how these limits stand: the first in the fields that have room for one.
pub(super) fn write(headers: &mut HeaderMap, standings: &[Standing], form: Form, unix: Duration) {
    if let Some(first) = standings.first() {
        let all = standings.iter().map(state);
        // Moments are what they were, also if they are past by now.
        let unix = unix.saturating_sub(first.age);
        Writer::new(form.dialects).write(headers, &state(first), all, unix);
    }
}

fn state(standing: &Standing) -> PolicyState<'static> {
    let Standing {
        name,
        limit,
        remaining,
        window,
        ..
    } = *standing;
    let state = PolicyState::new(name, limit, remaining, window);
    let state = state.with_reset_after(standing.reset_after);
    match standing.next_after {
        Some(next) => state.with_next_after(next),
        None => state,
    }
}
