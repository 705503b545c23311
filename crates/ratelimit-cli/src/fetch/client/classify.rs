//! What is worth another try.

use http::Method;
use ratelimit_tower::retry::{Answer, Classify, Standard};
use ratelimit_tower::throttle::ThrottleError;

use super::error::SendError;

/// As [`Standard`], but for what time does not cure.
#[derive(Clone, Copy, Debug)]
pub(in crate::fetch) struct Careful;

impl Classify<ThrottleError<SendError>> for Careful {
    fn retries_answer(&self, answer: &Answer<'_>) -> bool {
        Classify::<ThrottleError<SendError>>::retries_answer(&Standard, answer)
    }

    fn retries_error(&self, method: &Method, error: &ThrottleError<SendError>) -> bool {
        match error {
            ThrottleError::Inner(error) if error.is_final() => false,
            // Nothing was sent, so nothing is sent twice, whatever the method.
            ThrottleError::Inner(error) if error.is_unsent() => true,
            error => Standard.retries_error(method, error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn what_would_be_the_same_again_is_not_sent_again() {
        let again = |method, error| Careful.retries_error(&method, &ThrottleError::Inner(error));
        assert!(again(Method::GET, SendError::Broken(String::new())));
        assert!(again(Method::GET, SendError::Late(Duration::ZERO)));
        assert!(!again(Method::POST, SendError::Late(Duration::ZERO)));
        assert!(again(Method::POST, SendError::Unreachable(String::new())));
        let through = |error: SendError| error.through(Some("p:1".to_owned()));
        assert!(again(
            Method::POST,
            through(SendError::Unreachable(String::new()))
        ));
        assert!(!again(
            Method::POST,
            through(SendError::Broken(String::new()))
        ));
        assert!(!again(Method::GET, through(SendError::TooLarge(1))));
        assert!(!again(Method::GET, SendError::Untrusted(String::new())));
        assert!(!again(Method::GET, SendError::TooLarge(1)));
        assert!(!again(Method::GET, SendError::Stopped));
    }
}
