//! Headers that belong to one connection and must not travel on (RFC 9110, section 7.6.1).
//!
//! Danger: `Connection` may name any header, so a client can make a proxy drop one. What the gateway
//! decides by is read before, and what it says itself is written after.

use http::header::{self, HeaderMap, HeaderName, HeaderValue};

/// Headers of a connection, whether `Connection` names them or not.
const HOP_BY_HOP: [HeaderName; 8] = [
    header::CONNECTION,
    HeaderName::from_static("keep-alive"),
    HeaderName::from_static("proxy-connection"),
    // These two are between the client and this proxy, which asks for nothing and answers nothing.
    header::PROXY_AUTHENTICATE,
    header::PROXY_AUTHORIZATION,
    header::TE,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
];

/// Removes them, and those that `Connection` names.
pub(super) fn remove(headers: &mut HeaderMap) {
    for name in named_by_connection(headers) {
        headers.remove(name);
    }
    if headers.contains_key(header::TRANSFER_ENCODING) {
        // With both, the length is a lie (RFC 9112, section 6.3): requests are smuggled with it.
        headers.remove(header::CONTENT_LENGTH);
    }
    for name in HOP_BY_HOP {
        headers.remove(name);
    }
}

/// Removes them from a request. That the client takes trailers is told on, because this proxy passes
/// them.
pub(super) fn remove_from_request(headers: &mut HeaderMap) {
    let takes_trailers = tokens(headers, &header::TE).any(|t| t.eq_ignore_ascii_case("trailers"));
    remove(headers);
    if takes_trailers {
        headers.insert(header::TE, HeaderValue::from_static("trailers"));
        headers.insert(header::CONNECTION, HeaderValue::from_static("te"));
    }
}

fn named_by_connection(headers: &HeaderMap) -> Vec<HeaderName> {
    let names = tokens(headers, &header::CONNECTION);
    names
        .filter_map(|name| HeaderName::from_bytes(name.as_bytes()).ok())
        .collect()
}

fn tokens<'h>(headers: &'h HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'h str> {
    let lines = headers.get_all(name).into_iter();
    let texts = lines.filter_map(|line| line.to_str().ok());
    texts.flat_map(|text| text.split(',').map(str::trim))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(lines: &[(&str, &str)], remove: fn(&mut HeaderMap)) -> Vec<String> {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
            headers.append(name, value.parse().unwrap());
        }
        remove(&mut headers);
        let text = |(name, value): (&HeaderName, &HeaderValue)| {
            format!("{name}: {}", value.to_str().unwrap())
        };
        headers.iter().map(text).collect()
    }

    #[test]
    fn what_belongs_to_the_connection_stays_on_it() {
        let lines = [
            ("connection", "close, X-Own"),
            ("connection", "x-other"),
            ("keep-alive", "timeout=5"),
            ("proxy-connection", "keep-alive"),
            ("proxy-authorization", "Basic x"),
            ("upgrade", "websocket"),
            ("te", "gzip"),
            ("x-own", "1"),
            ("x-other", "2"),
            ("x-end", "3"),
        ];
        assert_eq!(after(&lines, remove_from_request), ["x-end: 3"]);
    }

    #[test]
    fn that_trailers_are_taken_is_told_on() {
        let lines = [("te", "gzip, Trailers"), ("connection", "te")];
        let left = after(&lines, remove_from_request);
        assert_eq!(left, ["te: trailers", "connection: te"]);
    }

    #[test]
    fn a_length_beside_chunks_is_not_believed() {
        let lines = [("transfer-encoding", "chunked"), ("content-length", "5")];
        assert_eq!(after(&lines, remove), Vec::<String>::new());
    }
}
