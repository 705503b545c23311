//! Times as the whole seconds that headers speak in: always rounded up, so that who waits as told has waited enough.

use std::time::Duration;

/// `time` in whole seconds, rounded up; the last second of the type stays as it is.
pub(super) const fn seconds_up(time: Duration) -> u64 {
    time.as_secs()
        .saturating_add((time.subsec_nanos() > 0) as u64)
}
