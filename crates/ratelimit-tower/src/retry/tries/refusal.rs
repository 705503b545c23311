//! Which answers refuse.

use http::StatusCode;

use crate::client::{ResponseHead, grpc};

/// Whether a limit refused it.
pub(super) fn is_limited<T: ResponseHead, E>(result: &Result<T, E>) -> bool {
    let limited = |response: &T| match response.status() {
        StatusCode::OK => grpc::is_limit(response.headers()),
        status => status == StatusCode::TOO_MANY_REQUESTS,
    };
    result.as_ref().is_ok_and(limited)
}

/// Whether it may be what a throttle pauses for.
pub(in crate::retry) fn is_refusal<T: ResponseHead, E>(result: &Result<T, E>) -> bool {
    let refuses = |response: &T| match response.status() {
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => true,
        StatusCode::OK => grpc::refuses(response.headers()),
        _ => false,
    };
    result.as_ref().is_ok_and(refuses)
}
