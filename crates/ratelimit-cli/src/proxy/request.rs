//! What becomes of a request's head on its way to the upstream.

use http::header::{self, HeaderMap, HeaderValue};
use http::uri::PathAndQuery;
use http::{Request, Version};
use http_body::Body;

use super::forwarded::{self, Trust};
use super::{Upstream, hop};

/// Makes a request of a client one to the upstream.
pub(super) fn prepare<B: Body>(
    request: &mut Request<B>,
    upstream: &Upstream,
    trust: &Trust,
) -> Result<(), http::Error> {
    let target = request.uri().path_and_query().cloned();
    let target = target.unwrap_or_else(|| PathAndQuery::from_static("/"));
    let uri = upstream.uri(target)?;
    let has_body = !request.body().is_end_stream();

    hop::remove_from_request(request.headers_mut());
    forwarded::state(request, trust);
    add_via(request);

    let headers = request.headers_mut();
    // The client writes the upstream's own authority.
    headers.remove(header::HOST);
    join_cookies(headers);
    if has_body && !headers.contains_key(header::CONTENT_LENGTH) {
        // Unless it is told, an HTTP/1 client takes it that a GET has no body.
        headers.insert(
            header::TRANSFER_ENCODING,
            HeaderValue::from_static("chunked"),
        );
    }
    *request.uri_mut() = uri;
    *request.version_mut() = Version::HTTP_11;
    Ok(())
}

/// A gateway says that it was on the way (RFC 9110, section 7.6.3).
fn add_via<B>(request: &mut Request<B>) {
    let via = match request.version() {
        Version::HTTP_2 => "2 ratelimit",
        Version::HTTP_10 => "1.0 ratelimit",
        _ => "1.1 ratelimit",
    };
    request
        .headers_mut()
        .append(header::VIA, HeaderValue::from_static(via));
}

/// HTTP/2 may split `Cookie` over several lines, HTTP/1 may not (RFC 9113, section 8.2.3).
fn join_cookies(headers: &mut HeaderMap) {
    let lines: Vec<&[u8]> = headers
        .get_all(header::COOKIE)
        .iter()
        .map(HeaderValue::as_bytes)
        .collect();
    if lines.len() < 2 {
        return;
    }
    if let Ok(mut joined) = HeaderValue::from_bytes(&lines.join(&b"; "[..])) {
        joined.set_sensitive(true);
        headers.insert(header::COOKIE, joined);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http_body_util::{Empty, Full};

    fn prepared<B: Body>(request: http::request::Builder, body: B) -> Request<B> {
        let upstream: Upstream = "http://127.0.0.1:9000".parse().unwrap();
        let mut request = request.body(body).unwrap();
        prepare(&mut request, &upstream, &Trust::default()).unwrap();
        request
    }

    #[test]
    fn only_path_and_query_of_the_target_are_passed_on() {
        let target = |uri: &str| {
            let request = prepared(Request::get(uri), Empty::<bytes::Bytes>::new());
            request.uri().to_string()
        };
        assert_eq!(
            target("/a/../b?c=d%20e"),
            "http://127.0.0.1:9000/a/../b?c=d%20e"
        );
        assert_eq!(target("http://evil.example/x"), "http://127.0.0.1:9000/x");
        assert_eq!(target("http://evil.example"), "http://127.0.0.1:9000/");
    }

    #[test]
    fn cookies_of_several_lines_become_one() {
        let request = Request::get("/")
            .header("cookie", "a=1")
            .header("cookie", "b=2");
        let request = prepared(
            request.version(Version::HTTP_2),
            Empty::<bytes::Bytes>::new(),
        );
        assert_eq!(request.headers()["cookie"], "a=1; b=2");
        assert_eq!(request.headers()["via"], "2 ratelimit");
    }

    #[test]
    fn a_body_without_a_length_is_sent_whatever_the_method() {
        let body = Full::<bytes::Bytes>::from("x");
        let request = prepared(
            Request::get("/").header("transfer-encoding", "chunked"),
            body,
        );
        assert_eq!(request.headers()["transfer-encoding"], "chunked");
        let request = prepared(Request::get("/"), Empty::<bytes::Bytes>::new());
        assert!(!request.headers().contains_key("transfer-encoding"));
    }
}
