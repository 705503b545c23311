//! Problem details (RFC 9457), with the problem types of the IETF draft on rate-limit headers.

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode};
use ratelimit_core::{Decision, Reason};

use super::super::wording::{Digits, Wording};
use super::escape::json;
use super::worded::{self, Form, Saying};
use super::{Refusal, Respond, answer, joined};
use crate::head::Head;
use crate::limit::Rejection;

/// Looked at once, by the compiler.
fn media_type() -> HeaderValue {
    const { HeaderValue::from_static("application/problem+json") }
}

/// All that comes before the detail, in one piece.
macro_rules! problem {
    ($name:literal, $title:literal, $status:literal) => {
        concat!(
            r#"{"type":"https://iana.org/assignments/http-problem-types#"#,
            $name,
            r#"","title":""#,
            $title,
            r#"","status":"#,
            $status,
            r#","detail":""#
        )
    };
}

/// `application/problem+json` with the type `quota-exceeded` (429) or `temporary-reduced-capacity`
/// (503) of draft-ietf-httpapi-ratelimit-headers, and the names of the `violated-policies`.
#[derive(Clone, Copy, Debug, Default)]
pub struct ProblemJson;

impl Respond for ProblemJson {
    fn respond(&self, _: &Head<'_>, refusal: &Refusal<'_>) -> Response<Bytes> {
        let status = refusal.rejection().status();
        let body = match refusal.rejection() {
            Rejection::Limited(decision) => of_limit(decision, &refusal.wording()),
            _ => of_no_type(status, &refusal.wording()),
        };
        answer(status, media_type(), body)
    }
}

fn of_limit(decision: &Decision, wording: &Wording) -> Bytes {
    let reason = decision.reason().unwrap_or(Reason::Rate);
    let saying = Saying {
        form: Form::Problem,
        reason,
        numbers: wording.numbers(),
    };
    let name = decision.binding_policy().name();
    worded::body(saying, name, || {
        let kind = match reason {
            Reason::StoreFull => problem!("temporary-reduced-capacity", "Reduced capacity", "503"),
            _ => problem!("quota-exceeded", "Quota exceeded", "429"),
        };
        let mut digits = Digits::default();
        let [a, b, c, d, e] = wording.pieces(&mut digits);
        let policies = r#"","violated-policies":[""#;
        joined(&[kind, a, b, c, d, e, policies, &json(name), r#""]}"#])
    })
}

fn of_no_type(status: StatusCode, wording: &Wording) -> Bytes {
    let mut digits = Digits::default();
    let [a, b, c, d, e] = wording.pieces(&mut digits);
    joined(&[
        r#"{"type":"about:blank","title":""#,
        status.canonical_reason().unwrap_or_default(),
        r#"","status":"#,
        status.as_str(),
        r#","detail":""#,
        a,
        b,
        c,
        d,
        e,
        r#""}"#,
    ])
}
