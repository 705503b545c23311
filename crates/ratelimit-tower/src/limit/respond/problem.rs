//! Problem details (RFC 9457), with the problem types of the IETF draft on rate-limit headers.

use bytes::Bytes;
use http::Response;
use ratelimit_core::Reason;

use super::{Respond, answer, quoted};
use crate::head::Head;
use crate::limit::Rejection;

const TYPES: &str = "https://iana.org/assignments/http-problem-types";

/// `application/problem+json` with the type `quota-exceeded` (429) or `temporary-reduced-capacity`
/// (503) of draft-ietf-httpapi-ratelimit-headers, and the names of the `violated-policies`.
#[derive(Clone, Copy, Debug, Default)]
pub struct ProblemJson;

impl Respond for ProblemJson {
    fn respond(&self, _: &Head<'_>, rejection: &Rejection) -> Response<Bytes> {
        let status = rejection.status();
        let detail = quoted(&rejection.to_string());
        let body = match rejection.decision() {
            Some(decision) => {
                let (kind, title) = match decision.reason() {
                    Some(Reason::StoreFull) => ("temporary-reduced-capacity", "Reduced capacity"),
                    _ => ("quota-exceeded", "Quota exceeded"),
                };
                let policy = quoted(decision.binding().name());
                format!(
                    r#"{{"type":"{TYPES}#{kind}","title":"{title}","status":{},"detail":{detail},"violated-policies":[{policy}]}}"#,
                    status.as_u16(),
                )
            }
            None => format!(
                r#"{{"type":"about:blank","title":"{}","status":{},"detail":{detail}}}"#,
                status.canonical_reason().unwrap_or_default(),
                status.as_u16(),
            ),
        };
        answer(status, "application/problem+json", body)
    }
}
