//! Tells the upstream where a request came from.
//!
//! What a proxy that is trusted says is continued: the address of the peer goes to the right end of
//! `X-Forwarded-For`, and of `Forwarded` (RFC 7239) if it is there. What anybody else says about
//! itself is dropped, whichever of the usual headers it is said in, and what is seen is written.
//!
//! Danger: a list is not continued safely if its left part is a stranger's. A quote that he opens in
//! `Forwarded` swallows what comes after it, and some readers take the left end of `X-Forwarded-For`.

mod lists;

use std::net::IpAddr;

use http::Request;
use http::header::{self, HeaderMap, HeaderName, HeaderValue};
use ratelimit_tower::key::{Forwarded, PeerAddr};

use lists::{append_value, continue_standard};

const FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
const HOST: HeaderName = HeaderName::from_static("x-forwarded-host");

/// Who is believed about where a request came from.
#[derive(Debug, Default)]
pub(super) struct Trust {
    pub(super) proxies: Option<Forwarded>,
    /// A header of another name that says it, such as `CF-Connecting-IP`.
    pub(super) header: Option<HeaderName>,
}

impl Trust {
    fn is_proxy(&self, address: IpAddr) -> bool {
        let proxies = self.proxies.as_ref();
        proxies.is_some_and(|proxies| proxies.trusts(address))
    }

    fn concerns(&self, name: &HeaderName) -> bool {
        // Behind CGI and its heirs `X_Real_IP` is the same variable as `X-Real-IP`.
        let text = name.as_str().replace('_', "-");
        let own = self.header.as_ref();
        text.starts_with("x-forwarded-")
            || matches!(text.as_str(), "forwarded" | "x-real-ip")
            || own.is_some_and(|own| own.as_str().replace('_', "-") == text)
    }
}

/// Says what is known of where the request came from.
pub(super) fn state<B>(request: &mut Request<B>, trust: &Trust) {
    let peer = request.extensions().get::<PeerAddr>();
    let address = peer.map(|PeerAddr(peer)| peer.ip().to_canonical());
    let host = host(request);
    let headers = request.headers_mut();
    if !address.is_some_and(|address| trust.is_proxy(address)) {
        drop_claims(headers, trust);
    }
    if let Some(address) = address {
        continue_standard(headers, address);
        append_value(headers, FOR, &address.to_string());
    }
    headers
        .entry(PROTO)
        .or_insert(HeaderValue::from_static("http"));
    if let Some(host) = host {
        headers.entry(HOST).or_insert(host);
    }
}

fn drop_claims(headers: &mut HeaderMap, trust: &Trust) {
    let claims = headers.keys().filter(|name| trust.concerns(name));
    for name in claims.cloned().collect::<Vec<_>>() {
        headers.remove(name);
    }
}

/// What the client called this gateway: `:authority` of HTTP/2, `Host` of HTTP/1.
fn host<B>(request: &Request<B>) -> Option<HeaderValue> {
    match request.uri().authority() {
        Some(authority) => HeaderValue::from_str(authority.as_str()).ok(),
        None => request.headers().get(header::HOST).cloned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ratelimit_tower::key::Source;
    use std::net::SocketAddr;

    const PEER: &str = "203.0.113.9:4711";

    fn stated(peer: &str, lines: &[(&str, &str)]) -> HeaderMap {
        let mut request = Request::builder().uri("/").header("host", "api.example");
        for (name, value) in lines {
            request = request.header(*name, *value);
        }
        let mut request = request.body(()).unwrap();
        let peer: SocketAddr = peer.parse().unwrap();
        request.extensions_mut().insert(PeerAddr(peer));
        let proxies = Forwarded::new(Source::XForwardedFor, ["10.0.0.0/8"]).unwrap();
        let trust = Trust {
            proxies: Some(proxies),
            header: Some(HeaderName::from_static("cf-connecting-ip")),
        };
        state(&mut request, &trust);
        request.headers().clone()
    }

    #[test]
    fn the_peer_is_at_the_right_end_of_one_line() {
        let lines = [
            ("x-forwarded-for", "1.1.1.1"),
            ("x-forwarded-for", "2.2.2.2"),
        ];
        let headers = stated("[::ffff:10.0.0.1]:1", &lines);
        assert_eq!(headers["x-forwarded-for"], "1.1.1.1, 2.2.2.2, 10.0.0.1");
        assert_eq!(headers.get_all("x-forwarded-for").iter().count(), 1);
        let headers = stated(PEER, &lines);
        assert_eq!(headers["x-forwarded-for"], "203.0.113.9");
    }

    #[test]
    fn what_a_stranger_says_of_himself_is_dropped() {
        let claims = [
            ("forwarded", "for=1.1.1.1;host=\"a"),
            ("x-forwarded-port", "443"),
            ("x-forwarded-prefix", "/admin"),
            ("x_forwarded_for", "1.1.1.1"),
            ("x-real-ip", "1.1.1.1"),
            ("cf-connecting-ip", "1.1.1.1"),
            ("true-client", "stays"),
        ];
        let headers = stated(PEER, &claims);
        let mut names: Vec<_> = headers.keys().map(HeaderName::as_str).collect();
        names.sort_unstable();
        let own = ["x-forwarded-for", "x-forwarded-host", "x-forwarded-proto"];
        assert_eq!(names, [&["host", "true-client"][..], &own].concat());
        // A proxy that is trusted may say all of it.
        let headers = stated("10.0.0.1:1", &claims);
        assert_eq!(headers["x-real-ip"], "1.1.1.1");
        assert_eq!(headers["cf-connecting-ip"], "1.1.1.1");
    }

    #[test]
    fn a_request_from_nowhere_is_a_strangers() {
        let mut request = Request::builder().header("x-forwarded-for", "1.1.1.1");
        request = request.header("x-forwarded-proto", "https");
        let mut request = request.body(()).unwrap();
        state(&mut request, &Trust::default());
        assert!(!request.headers().contains_key("x-forwarded-for"));
        assert_eq!(request.headers()["x-forwarded-proto"], "http");
    }

    #[test]
    fn a_stranger_does_not_say_what_host_and_scheme_were() {
        let lines = [
            ("x-forwarded-proto", "https"),
            ("x-forwarded-host", "bank.example"),
        ];
        let headers = stated(PEER, &lines);
        assert_eq!(headers["x-forwarded-proto"], "http");
        assert_eq!(headers["x-forwarded-host"], "api.example");
        let headers = stated("10.0.0.1:1", &lines);
        assert_eq!(headers["x-forwarded-proto"], "https");
        assert_eq!(headers["x-forwarded-host"], "bank.example");
    }

    #[test]
    fn the_standard_header_is_continued_if_it_is_there_and_whole() {
        let said = |value: &str| stated("10.0.0.1:1", &[("forwarded", value)])["forwarded"].clone();
        assert!(!stated("10.0.0.1:1", &[]).contains_key("forwarded"));
        assert_eq!(said("for=1.1.1.1"), "for=1.1.1.1, for=10.0.0.1");
        let escaped = r#"for=1.1.1.1;host="a\"b""#;
        assert_eq!(said(escaped), format!("{escaped}, for=10.0.0.1"));
        assert_eq!(said("for=1.1.1.1;host=\"a"), "for=10.0.0.1");
        assert_eq!(said(r#"host="a\""#), "for=10.0.0.1");
    }
}
