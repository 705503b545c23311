//! Writes events down, by `tracing`.

use std::time::Duration;

use tracing::{debug, warn};

use super::{Answered, Event, Observe};

/// Writes each [`Event`] as an event of [`tracing`], with the target `ratelimit_tower::client`.
///
/// | message | level | fields beside `host` |
/// |---|---|---|
/// | `request sent` | debug | `waited_ms`, `waiting` |
/// | `request answered` | debug | `status`, `took_ms` |
/// | `limit stated` | debug | `unit`, `limit`, `remaining`, `reset_ms`, `shared`, `share` |
/// | `request failed` | debug | `took_ms` |
/// | `paused` | debug | `wait_ms` |
/// | `request sent again` | debug | `tries`, `status`, `wait_ms` |
/// | `refused by a limit` | warn | `retry_after_ms` |
/// | `request not sent` | warn | `reason`, `retry_after_ms`, `waited_ms` |
/// | `gave up` | warn | `reason`, `tries`, `status` |
/// | `little is left` | warn | `unit`, `remaining`, `limit`, `reset_ms` |
///
/// What is not known is left out. No key, path, query or header is written; `host` has no name and password.
///
/// ```
/// use ratelimit_tower::observe::Trace;
/// use ratelimit_tower::throttle::ThrottleLayer;
///
/// let layer = ThrottleLayer::adaptive().with_observer(Trace::new());
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Trace {
    _private: (),
}

/// It belongs to what users filter by, so it does not follow the modules.
const TARGET: &str = "ratelimit_tower::client";

impl Trace {
    /// One that writes to whatever subscriber there is.
    #[must_use]
    pub const fn new() -> Self {
        Self { _private: () }
    }
}

impl Observe for Trace {
    fn observe(&self, event: &Event<'_>) {
        let host = event.host();
        match event {
            Event::Sent(e) => {
                debug!(target: TARGET, host, waited_ms = ms(e.waited), waiting = e.waiting, "request sent");
            }
            Event::Answered(e) => answered(e),
            Event::Failed(e) => {
                debug!(target: TARGET, host, took_ms = ms(e.took), "request failed");
            }
            Event::Paused(e) => debug!(target: TARGET, host, wait_ms = ms(e.wait), "paused"),
            Event::Retried(e) => {
                let status = e.status.map(|status| status.as_u16());
                debug!(target: TARGET, host, tries = e.tries, status, wait_ms = ms(e.wait), "request sent again");
            }
            problem => warned(problem),
        }
    }
}

fn warned(event: &Event<'_>) {
    let host = event.host();
    match event {
        Event::Refused(e) => {
            let retry_after_ms = e.retry_after.map(ms);
            warn!(target: TARGET, host, retry_after_ms, "refused by a limit");
        }
        Event::NotSent(e) => {
            let (reason, retry_after_ms) = (e.reason_str(), e.retry_after.map(ms));
            warn!(target: TARGET, host, reason, retry_after_ms, waited_ms = ms(e.waited), "request not sent");
        }
        Event::GaveUp(e) => {
            let (reason, status) = (e.reason.as_str(), e.status.map(|status| status.as_u16()));
            warn!(target: TARGET, host, reason, tries = e.tries, status, "gave up");
        }
        Event::Low(e) => {
            let reset_ms = e.reset_after.map(ms);
            warn!(
                target: TARGET, host, unit = e.unit, remaining = e.remaining, limit = e.limit, reset_ms,
                "little is left"
            );
        }
        _ => {}
    }
}

fn answered(event: &Answered<'_>) {
    let host = event.host;
    debug!(target: TARGET, host, status = event.status.as_u16(), took_ms = ms(event.took), "request answered");
    for stated in event.limits {
        let reset_ms = stated.reset_after.map(ms);
        debug!(
            target: TARGET, host, unit = stated.unit, limit = stated.limit, remaining = stated.remaining, reset_ms,
            shared = stated.shared, share = stated.share, "limit stated"
        );
    }
}

fn ms(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
