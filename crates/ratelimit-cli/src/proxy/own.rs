//! Answers of the gateway's own. They say nothing about the inside: clients read them.

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};
use http_body_util::{Either, Full};

use super::ProxyBody;

/// How the gateway words its own answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Wording {
    /// `{"error":{"message":...,"type":...,"code":...,"param":null}}`.
    #[default]
    ErrorJson,
    /// Problem details (RFC 9457).
    Problem,
}

/// What the gateway has to say instead of an upstream.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Own {
    pub(crate) status: StatusCode,
    pub(crate) code: &'static str,
    pub(crate) message: &'static str,
}

impl Own {
    pub(super) fn answer(self, wording: Wording) -> Response<ProxyBody> {
        self.whole(wording).map(Either::Right)
    }

    pub(crate) fn whole(self, wording: Wording) -> Response<Full<Bytes>> {
        let (content_type, body) = match wording {
            Wording::ErrorJson => ("application/json", self.error()),
            Wording::Problem => ("application/problem+json", self.problem()),
        };
        let mut response = Response::new(Full::from(Bytes::from(body)));
        *response.status_mut() = self.status;
        let content_type = HeaderValue::from_static(content_type);
        response
            .headers_mut()
            .insert(header::CONTENT_TYPE, content_type);
        response
    }

    // None of these words needs escaping.
    fn error(self) -> String {
        let Self { code, message, .. } = self;
        let kind = if self.status.is_server_error() {
            "server_error"
        } else {
            "invalid_request_error"
        };
        format!(
            r#"{{"error":{{"message":"{message}","type":"{kind}","code":"{code}","param":null}}}}"#
        )
    }

    fn problem(self) -> String {
        let (title, status) = (self.status.canonical_reason(), self.status.as_u16());
        let (title, detail) = (title.unwrap_or_default(), self.message);
        format!(
            r#"{{"type":"about:blank","title":"{title}","status":{status},"detail":"{detail}"}}"#
        )
    }
}
