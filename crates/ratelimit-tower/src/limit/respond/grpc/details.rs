//! `grpc-status-details-bin`: a `google.rpc.Status` (google/rpc/status.proto), with what a program
//! wants to know as messages of google/rpc/error_details.proto.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use http::HeaderValue;
use ratelimit_core::Reason;

use super::code::Code;
use super::protobuf::{message, number, text};
use crate::limit::Rejection;

const RETRY_INFO: &str = "type.googleapis.com/google.rpc.RetryInfo";
const QUOTA_FAILURE: &str = "type.googleapis.com/google.rpc.QuotaFailure";

/// Beside the message, and with a policy's name of 64 bytes twice.
const ROOM: usize = 300;

/// The largest `google.protobuf.Duration`, some 10,000 years, in seconds.
const LONGEST: u64 = 315_576_000_000;

/// The details in base64 without padding (PROTOCOL-HTTP2.md: to be emitted so); `None` if there are
/// none to give.
pub(super) fn value(
    code: Code,
    words: &str,
    rejection: &Rejection,
    wait: Option<Duration>,
) -> Option<HeaderValue> {
    let policy = policy(rejection);
    if wait.is_none() && policy.is_none() {
        return None;
    }
    let status = status(code, words, policy, wait);
    HeaderValue::try_from(STANDARD_NO_PAD.encode(status)).ok()
}

/// The limit that refuses. That a store is full is no failing of the caller's.
fn policy(rejection: &Rejection) -> Option<&str> {
    let decision = rejection.decision()?;
    let is_quota = decision.reason() != Some(Reason::StoreFull);
    is_quota.then(|| decision.binding().name())
}

/// `Status { code = 1, message = 2, repeated Any details = 3 }`
fn status(code: Code, words: &str, policy: Option<&str>, wait: Option<Duration>) -> Vec<u8> {
    let mut out = Vec::with_capacity(words.len() + ROOM);
    number(&mut out, 1, code.number());
    text(&mut out, 2, words);
    if let Some(wait) = wait {
        // RetryInfo { Duration retry_delay = 1 }
        any(&mut out, RETRY_INFO, |out| {
            message(out, 1, |out| duration(out, wait));
        });
    }
    if let Some(policy) = policy {
        // QuotaFailure { repeated Violation violations = 1 }, and that has a `quota_id` for the name of a
        // limit. Older clients know the description only.
        any(&mut out, QUOTA_FAILURE, |out| {
            message(out, 1, |out| {
                text(out, 2, policy);
                text(out, 5, policy);
            });
        });
    }
    out
}

/// `Any { type_url = 1, value = 2 }`
fn any(out: &mut Vec<u8>, url: &str, value: impl FnOnce(&mut Vec<u8>)) {
    message(out, 3, |out| {
        text(out, 1, url);
        message(out, 2, value);
    });
}

/// `Duration { seconds = 1, nanos = 2 }`
fn duration(out: &mut Vec<u8>, duration: Duration) {
    number(out, 1, duration.as_secs().min(LONGEST));
    number(out, 2, duration.subsec_nanos().into());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_in_known_bytes() {
        let wait = Duration::new(300, 5);
        let expected = [
            &b"\x08\x08\x12\x03No."[..],
            b"\x1a\x33\x0a\x28type.googleapis.com/google.rpc.RetryInfo\x12\x07\x0a\x05\x08\xac\x02\x10\x05",
            b"\x1a\x3b\x0a\x2btype.googleapis.com/google.rpc.QuotaFailure",
            b"\x12\x0c\x0a\x0a\x12\x03day\x2a\x03day",
        ]
        .concat();
        let status = status(Code::ResourceExhausted, "No.", Some("day"), Some(wait));
        assert_eq!(status, expected);
    }

    #[test]
    fn a_duration_stays_in_its_range() {
        let mut out = Vec::new();
        duration(&mut out, Duration::MAX);
        assert_eq!(out[..7], [0x08, 0x80, 0xbc, 0xae, 0xce, 0x97, 0x09]);
    }

    #[test]
    fn whoever_has_no_key_is_given_no_details() {
        let code = Code::Unauthenticated;
        assert_eq!(value(code, "No.", &Rejection::MissingKey, None), None);
    }
}
