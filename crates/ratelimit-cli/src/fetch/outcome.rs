//! What became of an item, and the line that says it.

use std::borrow::Cow;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::StatusCode;
use serde::Serialize;
use serde_json::Value;

use super::fingerprint::Fingerprint;

/// What an item has come to.
pub(super) struct Outcome {
    pub(super) line: u64,
    /// `None` if the line stands for no request.
    pub(super) item: Option<Fingerprint>,
    pub(super) id: Option<Value>,
    /// Without credentials; `None` if there was none that could be read.
    pub(super) url: Option<String>,
    pub(super) end: End,
    /// How often something was sent for it.
    pub(super) tries: u32,
    /// How long it was neither being sent nor answered.
    pub(super) waited: Duration,
}

pub(super) enum End {
    Answer {
        status: StatusCode,
        body: Bytes,
        /// Where redirects led.
        final_url: Option<String>,
    },
    Error(String),
    /// It was not waited for.
    Cancelled,
}

/// How an item counts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Verdict {
    Ok,
    Status(u16),
    Error,
    /// Nothing was ever sent for it.
    Unsent,
    Cancelled,
}

#[derive(Serialize)]
struct Line<'a> {
    line: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    item: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    final_url: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    body_base64: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<Cow<'a, str>>,
    tries: u32,
    waited_ms: u64,
}

impl Outcome {
    pub(super) fn verdict(&self) -> Verdict {
        match &self.end {
            End::Answer { status, .. } if status.as_u16() < 400 => Verdict::Ok,
            End::Answer { status, .. } => Verdict::Status(status.as_u16()),
            End::Error(_) if self.tries == 0 => Verdict::Unsent,
            End::Error(_) => Verdict::Error,
            End::Cancelled => Verdict::Cancelled,
        }
    }

    /// One line of JSON, with its end.
    pub(super) fn to_line(&self) -> serde_json::Result<Vec<u8>> {
        let mut line = serde_json::to_vec(&self.fields())?;
        line.push(b'\n');
        Ok(line)
    }

    fn fields(&self) -> Line<'_> {
        let mut line = Line {
            line: self.line,
            item: self.item.map(|item| item.to_string()),
            id: self.id.as_ref(),
            url: self.url.as_deref(),
            final_url: None,
            status: None,
            body: None,
            body_base64: None,
            error: None,
            tries: self.tries,
            waited_ms: u64::try_from(self.waited.as_millis()).unwrap_or(u64::MAX),
        };
        match &self.end {
            End::Answer {
                status,
                body,
                final_url,
            } => {
                line.status = Some(status.as_u16());
                line.final_url = final_url.as_deref();
                match std::str::from_utf8(body) {
                    Ok(text) => line.body = Some(text),
                    Err(_) => line.body_base64 = Some(STANDARD.encode(body)),
                }
            }
            End::Error(why) => line.error = Some(why.into()),
            End::Cancelled => line.error = Some("cancelled".into()),
        }
        line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(end: End) -> String {
        let outcome = Outcome {
            line: 7,
            item: "00000000000000aa".parse().ok(),
            id: Some("a".into()),
            url: Some("http://a.example/".to_owned()),
            end,
            tries: 1,
            waited: Duration::from_micros(1999),
        };
        String::from_utf8(outcome.to_line().unwrap()).unwrap()
    }

    fn answer(body: &'static [u8]) -> End {
        End::Answer {
            status: StatusCode::OK,
            body: Bytes::from_static(body),
            final_url: None,
        }
    }

    #[test]
    fn a_body_that_is_no_text_is_said_in_base64() {
        assert_eq!(
            line(answer(b"a\"\n")),
            "{\"line\":7,\"item\":\"00000000000000aa\",\"id\":\"a\",\"url\":\"http://a.example/\",\"status\":200,\"body\":\"a\\\"\\n\",\"tries\":1,\"waited_ms\":1}\n"
        );
        assert!(line(answer(b"\xff\x00")).contains("\"body_base64\":\"/wA=\""));
    }

    #[test]
    fn what_was_not_waited_for_is_cancelled() {
        assert!(line(End::Cancelled).contains("\"error\":\"cancelled\",\"tries\":1"));
        assert!(!line(End::Error("x".to_owned())).contains("status"));
    }
}
