//! Tells the upstream where a request came from.
//!
//! The address of the peer goes to the right end of `X-Forwarded-For`, where whoever reads from the
//! right finds it, whatever a client wrote to the left. `X-Forwarded-Proto` and `-Host` have no right
//! end: they are passed on from proxies that are trusted, and written anew for everybody else.
//!
//! Danger: `Forwarded` (RFC 7239) says the same in other words. If it is there, it is continued too,
//! or an upstream that reads it would take the client's word for its address.

use std::fmt::Write;
use std::net::IpAddr;

use http::Request;
use http::header::{self, HeaderMap, HeaderName, HeaderValue};
use ratelimit_tower::key::{Forwarded, PeerAddr};

const FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
const HOST: HeaderName = HeaderName::from_static("x-forwarded-host");

/// Appends what is known of where the request came from.
pub(super) fn append<B>(request: &mut Request<B>, trusted: Option<&Forwarded>) {
    let Some(PeerAddr(peer)) = request.extensions().get::<PeerAddr>().copied() else {
        return;
    };
    let address = peer.ip().to_canonical();
    let host = host(request);
    let headers = request.headers_mut();
    if !trusted.is_some_and(|trusted| trusted.trusts(address)) {
        headers.remove(PROTO);
        headers.remove(HOST);
    }
    if headers.contains_key(header::FORWARDED) {
        append_value(headers, header::FORWARDED, &element(address));
    }
    append_value(headers, FOR, &address.to_string());
    headers
        .entry(PROTO)
        .or_insert(HeaderValue::from_static("http"));
    if let Some(host) = host {
        headers.entry(HOST).or_insert(host);
    }
}

/// What the client called this gateway: `:authority` of HTTP/2, `Host` of HTTP/1.
fn host<B>(request: &Request<B>) -> Option<HeaderValue> {
    match request.uri().authority() {
        Some(authority) => HeaderValue::from_str(authority.as_str()).ok(),
        None => request.headers().get(header::HOST).cloned(),
    }
}

/// Adds to the end of a list, in one line: some readers look at one line only.
fn append_value(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    let mut list: Vec<u8> = Vec::new();
    for line in headers.get_all(&name) {
        list.extend_from_slice(line.as_bytes());
        list.extend_from_slice(b", ");
    }
    list.extend_from_slice(value.as_bytes());
    if let Ok(list) = HeaderValue::from_bytes(&list) {
        headers.insert(name, list);
    }
}

fn element(address: IpAddr) -> String {
    let mut element = String::from("for=");
    // Writing to a string cannot fail.
    let _ = match address {
        IpAddr::V4(v4) => write!(element, "{v4}"),
        IpAddr::V6(v6) => write!(element, "\"[{v6}]\""),
    };
    element
}

#[cfg(test)]
mod tests {
    use super::*;
    use ratelimit_tower::key::Source;
    use std::net::SocketAddr;

    const PEER: &str = "203.0.113.9:4711";

    fn appended(peer: &str, lines: &[(&str, &str)]) -> HeaderMap {
        let mut request = Request::builder().uri("/").header("host", "api.example");
        for (name, value) in lines {
            request = request.header(*name, *value);
        }
        let mut request = request.body(()).unwrap();
        let peer: SocketAddr = peer.parse().unwrap();
        request.extensions_mut().insert(PeerAddr(peer));
        let trusted = Forwarded::new(Source::XForwardedFor, ["10.0.0.0/8"]).unwrap();
        append(&mut request, Some(&trusted));
        request.headers().clone()
    }

    #[test]
    fn the_peer_is_at_the_right_end_of_one_line() {
        let headers = appended(
            PEER,
            &[
                ("x-forwarded-for", "1.1.1.1"),
                ("x-forwarded-for", "2.2.2.2"),
            ],
        );
        assert_eq!(headers["x-forwarded-for"], "1.1.1.1, 2.2.2.2, 203.0.113.9");
        assert_eq!(headers.get_all("x-forwarded-for").iter().count(), 1);
        assert_eq!(
            appended("[::ffff:10.0.0.1]:1", &[])["x-forwarded-for"],
            "10.0.0.1"
        );
    }

    #[test]
    fn a_stranger_does_not_say_what_host_and_scheme_were() {
        let lines = [
            ("x-forwarded-proto", "https"),
            ("x-forwarded-host", "bank.example"),
        ];
        let headers = appended(PEER, &lines);
        assert_eq!(headers["x-forwarded-proto"], "http");
        assert_eq!(headers["x-forwarded-host"], "api.example");
        let headers = appended("10.0.0.1:1", &lines);
        assert_eq!(headers["x-forwarded-proto"], "https");
        assert_eq!(headers["x-forwarded-host"], "bank.example");
    }

    #[test]
    fn the_standard_header_is_continued_if_it_is_there() {
        assert!(!appended(PEER, &[]).contains_key("forwarded"));
        let headers = appended("[2001:db8::7]:1", &[("forwarded", "for=1.1.1.1")]);
        assert_eq!(headers["forwarded"], "for=1.1.1.1, for=\"[2001:db8::7]\"");
    }
}
