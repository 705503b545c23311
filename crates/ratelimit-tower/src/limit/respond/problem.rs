//! Problem details (RFC 9457), with the problem types of the IETF draft on rate-limit headers.

use bytes::Bytes;
use http::Response;
use ratelimit_core::{DecisionRef, Reason};

use super::{Respond, answer, push_quoted};
use crate::head::Head;
use crate::limit::Rejection;

/// Where the problem types of the draft are registered.
macro_rules! types {
    () => {
        "https://iana.org/assignments/http-problem-types#"
    };
}

/// `application/problem+json` with the type `quota-exceeded` (429) or `temporary-reduced-capacity`
/// (503) of draft-ietf-httpapi-ratelimit-headers, and the names of the `violated-policies`.
#[derive(Clone, Copy, Debug, Default)]
pub struct ProblemJson;

impl Respond for ProblemJson {
    fn respond(&self, _: &Head<'_>, rejection: &Rejection) -> Response<Bytes> {
        let status = rejection.status();
        let mut body = String::with_capacity(256);
        body.push_str(r#"{"type":""#);
        match rejection.decision().map(DecisionRef::reason) {
            Some(Some(Reason::StoreFull)) => {
                body.push_str(concat!(types!(), "temporary-reduced-capacity"));
                body.push_str(r#"","title":"Reduced capacity"#);
            }
            Some(_) => {
                body.push_str(concat!(types!(), "quota-exceeded"));
                body.push_str(r#"","title":"Quota exceeded"#);
            }
            None => {
                body.push_str(r#"about:blank","title":""#);
                body.push_str(status.canonical_reason().unwrap_or_default());
            }
        }
        body.push_str(r#"","status":"#);
        body.push_str(status.as_str());
        body.push_str(r#","detail":"#);
        push_quoted(&mut body, rejection);
        if let Some(decision) = rejection.decision() {
            body.push_str(r#","violated-policies":["#);
            push_quoted(&mut body, decision.binding().name());
            body.push(']');
        }
        body.push('}');
        answer(status, "application/problem+json", body)
    }
}
