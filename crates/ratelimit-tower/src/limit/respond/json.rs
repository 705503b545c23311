//! An error object, as the APIs of Mavera, OpenAI and others have it.

use bytes::Bytes;
use http::{HeaderValue, Response};
use ratelimit_core::{Decision, Reason};

use super::super::wording::{Digits, Wording};
use super::worded::{self, Form, Saying};
use super::{Refusal, Respond, answer, joined};
use crate::head::Head;
use crate::limit::Rejection;

/// `{"error":{"message":…,"type":"rate_limit_error","code":"rate_limit_exceeded","param":null}}`
///
/// A quota by the calendar that is used up has the code `quota_exceeded`, a full cap on concurrency
/// `concurrency_limit_exceeded`, a cost that can never fit `cost_exceeds_limit`.
#[derive(Clone, Copy, Debug, Default)]
pub struct ErrorJson;

impl Respond for ErrorJson {
    fn respond(&self, _: &Head<'_>, refusal: &Refusal<'_>) -> Response<Bytes> {
        let rejection = refusal.rejection();
        let wording = refusal.wording();
        let body = match rejection.decision().and_then(Decision::reason) {
            Some(reason) => {
                let saying = Saying {
                    form: Form::Error,
                    reason,
                    numbers: wording.numbers(),
                };
                worded::body(saying, "", || body(rejection, &wording))
            }
            None => body(rejection, &wording),
        };
        let media_type = const { HeaderValue::from_static("application/json") };
        answer(rejection.status(), media_type, body)
    }
}

fn body(rejection: &Rejection, wording: &Wording) -> Bytes {
    let (kind, code) = kind_and_code(rejection);
    let mut digits = Digits::default();
    let [a, b, c, d, e] = wording.pieces(&mut digits);
    joined(&[
        r#"{"error":{"message":""#,
        a,
        b,
        c,
        d,
        e,
        r#"","type":""#,
        kind,
        r#"","code":""#,
        code,
        r#"","param":null}}"#,
    ])
}

/// What `type` and `code` say.
pub(super) fn kind_and_code(rejection: &Rejection) -> (&'static str, &'static str) {
    match rejection {
        Rejection::Limited(decision) => match decision.reason() {
            Some(Reason::Quota) => ("rate_limit_error", "quota_exceeded"),
            Some(Reason::Concurrency) => ("rate_limit_error", "concurrency_limit_exceeded"),
            Some(Reason::CostExceedsLimit) => ("invalid_request_error", "cost_exceeds_limit"),
            Some(Reason::StoreFull) => ("server_error", "overloaded"),
            _ => ("rate_limit_error", "rate_limit_exceeded"),
        },
        Rejection::MissingKey => ("authentication_error", "missing_api_key"),
        Rejection::UnknownKey => ("authentication_error", "invalid_api_key"),
        Rejection::NoAddress => ("server_error", "no_peer_address"),
        Rejection::LookUp(_) | Rejection::Limiter(_) => ("server_error", "limiter_unavailable"),
    }
}
