//! In what form a response has its fields.

use http::{HeaderMap, header};

/// What the body is a text of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Media {
    Json,
    /// Events, each with JSON of its own (WHATWG HTML, section 9.2, "Server-sent events").
    Events,
}

/// The form of a response's body, if it is one that can be read.
pub(super) fn of_response(headers: &HeaderMap) -> Option<Media> {
    let encoded = headers.get(header::CONTENT_ENCODING);
    if encoded.is_some_and(|coding| !coding.as_bytes().eq_ignore_ascii_case(b"identity")) {
        return None;
    }
    let content_type = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    let essence = content_type.split(';').next().unwrap_or_default();
    let essence = essence.trim().to_ascii_lowercase();
    match essence.as_str() {
        "text/event-stream" => Some(Media::Events),
        "application/json" => Some(Media::Json),
        other if other.ends_with("+json") => Some(Media::Json),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn media(content_type: &str, encoding: Option<&str>) -> Option<Media> {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, content_type.parse().unwrap());
        if let Some(encoding) = encoding {
            headers.insert(header::CONTENT_ENCODING, encoding.parse().unwrap());
        }
        of_response(&headers)
    }

    #[test]
    fn json_and_events_can_be_read_if_they_are_not_compressed() {
        assert_eq!(
            media("Application/JSON; charset=utf-8", None),
            Some(Media::Json)
        );
        assert_eq!(
            media("application/hal+json", Some("identity")),
            Some(Media::Json)
        );
        assert_eq!(media("text/event-stream", None), Some(Media::Events));
        assert_eq!(media("application/json", Some("gzip")), None);
        assert_eq!(media("text/html", None), None);
        assert_eq!(of_response(&HeaderMap::new()), None);
    }
}
