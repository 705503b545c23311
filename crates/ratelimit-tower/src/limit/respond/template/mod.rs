//! A body that is a text with fields: for an API whose refusals look like nobody else's.
//!
//! A text is parsed once, when the server starts, so that a mistake in it is found then and not by the first
//! caller who is refused.
//!
//! # Dangers
//! - That a text parses does not make it JSON: a quote that is missing is found by whoever reads
//!   [`samples`](Template::samples) with a parser of JSON. Do that once, in a test or at the start.
//! - A [status](Template::with_status) holds for everything that the template answers, a missing key among
//!   it: choose the template [by reason](super::ByReason).

mod error;
mod field;
mod parse;
mod places;
mod value;

pub use error::TemplateError;

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};

use self::field::Field;
use self::parse::Piece;
use self::value::{Facts, Value};
use super::escape::Escaping;
use super::{Refusal, Respond};
use crate::head::Head;

/// Answers with a text in which fields stand, written `${name}`:
///
/// | field | is | unknown |
/// |---|---|---|
/// | `policy` | the name of the policy that binds | without a limit |
/// | `unit` | what it counts, `requests` unless it says otherwise | without a limit |
/// | `limit` | units in its window; a cap's permits | without a limit |
/// | `remaining` | units that it would still admit | without a limit |
/// | `reset` | when it is all free again, in Unix seconds | without a limit, and for caps |
/// | `reset-ms` | the same in Unix milliseconds | the same |
/// | `reset-at` | the same in UTC, `2024-01-01T00:01:00Z` (RFC 3339) | the same |
/// | `reset-date` | the same as an HTTP-date, `Mon, 01 Jan 2024 00:01:00 GMT` | the same |
/// | `reset-after` | seconds from now until then | the same |
/// | `retry-after` | seconds to wait: what `Retry-After` of the same response says | where there is none |
/// | `retry-after-ms` | the same in milliseconds | the same |
/// | `cost` | what the request costs | without a limit |
/// | `message` | a sentence or two: what the other responders say | never |
/// | `code` | the `code` of [`ErrorJson`](super::ErrorJson), such as `rate_limit_exceeded` | never |
/// | `status` | the number of the response's status | never |
///
/// "Without a limit" is a rejection that no limit has made: a missing key, a failure. Numbers have no quotes,
/// texts get them from the template; times are rounded up. `$${` is a literal `${`, and any other `$` is itself (in
/// JSON, `\u0024` is one wherever it stands).
///
/// What is unknown is `null` where a value of JSON stands, also instead of a string that is nothing but the field
/// (`"reset":"${reset-at}"` becomes `"reset":null`); elsewhere it is left out. Never 0: that would mean "at once".
///
/// Texts are escaped for the content type: as strings of JSON (`…/json`, `…+json`), not at all (`text/plain`),
/// as character references (HTML, XML); for types that are not known, what is no letter, digit, space or one of
/// `.,:_-` becomes `?`.
///
/// `reset` is that of the policy that binds. So is `X-RateLimit-Reset`, unless a cap on concurrency binds, or the
/// status is 402: then it is that of the tightest rate.
/// With the status 402 there is no `Retry-After`, so `retry-after` is unknown, and `message` speaks of no wait.
///
/// ```
/// use ratelimit_core::Quota;
/// use ratelimit_tower::limit::RateLimitLayer;
/// use ratelimit_tower::limit::respond::Template;
///
/// let body = Template::json(r#"{"detail":"${message}","retry_after":${retry-after}}"#)?;
/// let layer = RateLimitLayer::new(Quota::per_minute(60)).with_responder(body);
///
/// let error = Template::json(r#"{"retry_after":${retry_after}}"#).unwrap_err();
/// assert_eq!((error.position(), error.name()), (15, Some("retry_after")));
/// # Ok::<(), ratelimit_tower::limit::respond::TemplateError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Template {
    pieces: Box<[Piece]>,
    content_type: HeaderValue,
    escaping: Escaping,
    status: Option<StatusCode>,
}

impl Template {
    /// A text of the type `application/json`.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn json(text: &str) -> Result<Self, TemplateError> {
        Self::new(HeaderValue::from_static("application/json"), text)
    }

    /// A text of this type.
    ///
    /// # Errors
    /// If a field is not known, or does not end. Whether the text is JSON is not looked at: see
    /// [`samples`](Self::samples).
    pub fn new(content_type: HeaderValue, text: &str) -> Result<Self, TemplateError> {
        let escaping = Escaping::of(&content_type);
        let mut pieces = parse::pieces(text)?;
        if escaping == Escaping::Json {
            places::find(&mut pieces);
        }
        Ok(Self {
            pieces: pieces.into_boxed_slice(),
            content_type,
            escaping,
            status: None,
        })
    }

    /// The status of every answer, instead of the [rejection's](crate::limit::Rejection::status).
    #[must_use]
    pub fn with_status(mut self, status: StatusCode) -> Self {
        self.status = Some(status);
        self
    }

    /// The names of all fields.
    pub fn known() -> impl ExactSizeIterator<Item = &'static str> {
        Field::ALL.iter().map(|field| field.name())
    }

    /// Whether the content type is one of JSON, so that [`samples`](Self::samples) should be JSON too.
    #[must_use]
    pub fn is_json(&self) -> bool {
        self.escaping == Escaping::Json
    }

    /// What the body looks like: once with everything known and once with nothing. If both are JSON, every body is.
    ///
    /// ```
    /// use ratelimit_tower::limit::respond::Template;
    ///
    /// let template = Template::json(r#"{"limit":${limit},"until":"${reset-at}"}"#)?;
    /// let [known, unknown] = template.samples();
    /// assert_eq!(known, r#"{"limit":100,"until":"2024-01-01T00:01:00Z"}"#);
    /// assert_eq!(unknown, r#"{"limit":null,"until":null}"#);
    /// # Ok::<(), ratelimit_tower::limit::respond::TemplateError>(())
    /// ```
    #[must_use]
    pub fn samples(&self) -> [String; 2] {
        [self.render(value::sample), self.render(|_| Value::Unknown)]
    }

    fn body(&self, refusal: &Refusal<'_>, status: StatusCode) -> String {
        let facts = Facts::of(refusal, status);
        self.render(|field| facts.value(field))
    }

    /// Two rounds, the first of which measures, so that the text has exactly the room that it needs.
    fn render<'v>(&self, value: impl Fn(Field) -> Value<'v>) -> String {
        let fields = self.pieces.iter().filter_map(Piece::field);
        let escaped = |field| match value(field) {
            Value::Text(text) => Value::Text(self.escaping.escape(text)),
            other => other,
        };
        let values: Vec<Value<'v>> = fields.map(escaped).collect();
        let mut length = 0;
        self.each(&values, |part| length += part.len());
        let mut text = String::with_capacity(length);
        self.each(&values, |part| text.push_str(part));
        text
    }

    /// The text part by part, with the values of its fields in their order.
    fn each(&self, values: &[Value<'_>], mut part: impl FnMut(&str)) {
        let mut values = values.iter();
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => part(text),
                Piece::Field(_, place) => {
                    let value = values.next().unwrap_or(&Value::Unknown);
                    place.put(value, &mut part);
                }
            }
        }
    }
}

impl Respond for Template {
    fn respond(&self, _: &Head<'_>, refusal: &Refusal<'_>) -> Response<Bytes> {
        let status = self.status.unwrap_or_else(|| refusal.rejection().status());
        let mut response = Response::new(Bytes::from(self.body(refusal, status)));
        *response.status_mut() = status;
        let content_type = self.content_type.clone();
        response
            .headers_mut()
            .insert(header::CONTENT_TYPE, content_type);
        response
    }
}
