//! `grpc-retry-pushback-ms`: when to come again (gRFC A6, "Pushback").
//!
//! It is a signed 32-bit number of milliseconds. What is negative, or cannot be read, asks the client
//! not to come again at all.

use std::time::Duration;

use http::HeaderValue;

use crate::limit::Rejection;

/// Do not come again.
const NEVER: HeaderValue = HeaderValue::from_static("-1");

/// The value; `None` where nobody knows when it will be better, so that the client's own back-off
/// counts.
pub(super) fn value(rejection: &Rejection, wait: Option<Duration>) -> Option<HeaderValue> {
    match (wait, rejection) {
        // A wait that cannot be stated is none: nobody may be told to come too early.
        (Some(wait), _) => Some(milliseconds(wait).map_or(NEVER, HeaderValue::from)),
        (None, Rejection::LookUp(_) | Rejection::Limiter(_)) => None,
        (None, _) => Some(NEVER),
    }
}

/// Rounded up, and at least one; `None` above 24 days.
fn milliseconds(wait: Duration) -> Option<i32> {
    let up = wait.as_nanos().div_ceil(1_000_000).max(1);
    i32::try_from(up).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    #[test]
    fn waits_are_rounded_up_and_never_nothing() {
        let of = |wait| milliseconds(wait).unwrap();
        assert_eq!(of(Duration::ZERO), 1);
        assert_eq!(of(Duration::from_nanos(1)), 1);
        assert_eq!(of(Duration::from_micros(1_500)), 2);
        assert_eq!(of(Duration::from_secs(7)), 7_000);
        assert_eq!(of(Duration::from_millis(2_147_483_647)), i32::MAX);
    }

    #[test]
    fn what_time_does_not_cure_is_not_tried_again() {
        let value = |rejection: Rejection, wait| value(&rejection, wait);
        assert_eq!(value(Rejection::MissingKey, None).unwrap(), "-1");
        assert_eq!(value(Rejection::NoAddress, None).unwrap(), "-1");
        let month = Duration::from_millis(2_147_483_648);
        assert_eq!(value(Rejection::MissingKey, Some(month)).unwrap(), "-1");
        let down = Rejection::Limiter(Arc::new("down".into()));
        assert_eq!(value(down, None), None);
    }
}
