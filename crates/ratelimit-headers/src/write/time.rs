//! Times as the whole seconds that headers speak in: always rounded up, so that who waits as told has waited enough.

use std::time::Duration;

/// The longest delay, in seconds (31 years), in a field where readers take what is larger for a moment.
pub(super) const LONGEST: u64 = 999_999_999;

/// `time` in whole seconds, rounded up; the last second of the type stays as it is.
pub(super) const fn seconds_up(time: Duration) -> u64 {
    time.as_secs()
        .saturating_add((time.subsec_nanos() > 0) as u64)
}

/// `time` in whole seconds, rounded up, for a field that may also hold a moment.
pub(super) fn delay(time: Duration) -> u64 {
    seconds_up(time).min(LONGEST)
}

/// A window in whole seconds, rounded up and never 0 (draft -10, section 3.1.3).
pub(super) fn window(time: Duration) -> u64 {
    seconds_up(time).max(1)
}
