//! Problem details (RFC 9457), with the problem types of the IETF draft on rate-limit headers.

use bytes::Bytes;
use http::{HeaderValue, Response};
use ratelimit_core::Reason;

use super::super::wording::Digits;
use super::escape::json;
use super::{Refusal, Respond, answer};
use crate::head::Head;

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
        let rejection = refusal.rejection();
        let status = rejection.status();
        let mut digits = Digits::default();
        let [a, b, c, d, e] = refusal.wording().pieces(&mut digits);
        let Some(decision) = rejection.decision() else {
            let title = status.canonical_reason().unwrap_or_default();
            let body = [
                r#"{"type":"about:blank","title":""#,
                title,
                r#"","status":"#,
                status.as_str(),
                r#","detail":""#,
                a,
                r#""}"#,
            ];
            return answer(status, media_type(), &body);
        };
        let kind = match decision.reason() {
            Some(Reason::StoreFull) => {
                problem!("temporary-reduced-capacity", "Reduced capacity", "503")
            }
            _ => problem!("quota-exceeded", "Quota exceeded", "429"),
        };
        let policy = json(decision.binding_policy().name());
        let body = [
            kind,
            a,
            b,
            c,
            d,
            e,
            r#"","violated-policies":[""#,
            &policy,
            r#""]}"#,
        ];
        answer(status, media_type(), &body)
    }
}
