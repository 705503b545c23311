//! What is answered when there is no answer of the upstream.

use http::{HeaderValue, Response, StatusCode, header};
use hyper_util::client::legacy::Error;

use super::ProxyBody;
use super::fault::Fault;
use super::own::{Own, Wording};

pub(super) const NO_TUNNEL: Own = Own {
    status: StatusCode::NOT_IMPLEMENTED,
    code: "connect_not_supported",
    message: "This is a gateway; it opens no tunnels.",
};
pub(super) const BAD_TARGET: Own = Own {
    status: StatusCode::BAD_REQUEST,
    code: "bad_target",
    message: "The target of the request cannot be passed on.",
};
pub(super) const TOO_LATE: Own = Own {
    status: StatusCode::GATEWAY_TIMEOUT,
    code: "gateway_timeout",
    message: "The upstream did not answer in time. Please retry later.",
};
pub(super) const STALLED: Own = Own {
    status: StatusCode::REQUEST_TIMEOUT,
    code: "request_timeout",
    message: "The body of the request did not arrive in time.",
};

pub(super) const BROKEN: Own = Own {
    status: StatusCode::BAD_REQUEST,
    code: "bad_body",
    message: "The body of the request broke off, or is malformed.",
};

/// What is said of this error.
pub(super) fn failed(error: &Error, wording: Wording) -> Response<ProxyBody> {
    match Fault::behind(error) {
        Some(Fault::Stalled) => return and_close(STALLED.answer(wording)),
        Some(Fault::Broken(_)) => return and_close(BROKEN.answer(wording)),
        None => {}
    }
    let message = if error.is_connect() {
        "The upstream cannot be reached. Please retry later."
    } else {
        "The upstream broke off without an answer."
    };
    let own = Own {
        status: StatusCode::BAD_GATEWAY,
        code: "bad_gateway",
        message,
    };
    own.answer(wording)
}

/// The rest of the body may still come, so nothing else can come on this connection.
fn and_close(mut response: Response<ProxyBody>) -> Response<ProxyBody> {
    let close = HeaderValue::from_static("close");
    response.headers_mut().insert(header::CONNECTION, close);
    response
}
