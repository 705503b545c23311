//! Redirects (RFC 9110, section 15.4).
//!
//! Danger: whoever redirects chooses where the next request goes. What the user meant for one origin is
//! not told to another: not only `Authorization` and `Cookie`, because keys come in headers of any name, and no body,
//! because a body is what is most the user's own.

use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode, header};
use reqwest::Url;

use super::client::Got;
use super::harmless::harmless;
use super::input::credentials;

/// Sent without its body it would be another request.
const BODY: &str = "redirected to another origin, which is not given the body: fetch the URL there, if it may have it";

/// One request of an item.
#[derive(Clone)]
pub(super) struct Hop {
    pub(super) url: Url,
    pub(super) method: Method,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

impl Hop {
    /// Where this answer leads; `None` if it is the answer. The error is for people.
    pub(super) fn next(&self, got: &Got) -> Option<Result<Self, &'static str>> {
        let is_redirect = matches!(got.status.as_u16(), 301 | 302 | 303 | 307 | 308);
        let location = got.headers.get(header::LOCATION).filter(|_| is_redirect)?;
        Some(self.toward(got.status, location.as_bytes()))
    }

    fn toward(&self, status: StatusCode, location: &[u8]) -> Result<Self, &'static str> {
        let location = std::str::from_utf8(location).ok();
        let url = location.and_then(|location| self.url.join(location).ok());
        let mut url = url.ok_or("redirected to what is not a URL")?;
        if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none_or(str::is_empty) {
            return Err("redirected to what is not https:// or http://");
        }
        // Whoever redirects has no say in who we claim to be.
        credentials(&mut url);
        let mut next = Self {
            url,
            ..self.clone()
        };
        if is_get_from_here(status, &self.method) {
            next.method = Method::GET;
            next.body = Bytes::new();
            next.headers.remove(header::CONTENT_TYPE);
        }
        if next.url.origin() != self.url.origin() {
            if !next.body.is_empty() {
                return Err(BODY);
            }
            next.headers = harmless(&next.headers);
        }
        Ok(next)
    }
}

/// 303 means it. After 301 and 302 a POST becomes a GET, as browsers have always done it.
fn is_get_from_here(status: StatusCode, method: &Method) -> bool {
    match status {
        StatusCode::SEE_OTHER => *method != Method::HEAD,
        StatusCode::MOVED_PERMANENTLY | StatusCode::FOUND => *method == Method::POST,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderName;

    fn hop(method: Method) -> Hop {
        let mut headers = HeaderMap::new();
        for name in [
            "authorization",
            "x-api-key",
            "cookie",
            "accept",
            "content-type",
        ] {
            headers.insert(name, "x".parse().unwrap());
        }
        let body = if method == Method::GET { "" } else { "body" };
        Hop {
            url: "https://a.example/one/two?q=1".parse().unwrap(),
            method,
            headers,
            body: Bytes::from(body),
        }
    }

    fn answer(status: u16, location: &str) -> Got {
        let mut headers = HeaderMap::new();
        headers.insert(header::LOCATION, location.parse().unwrap());
        Got {
            status: status.try_into().unwrap(),
            headers,
            body: Bytes::new(),
        }
    }

    fn next(method: Method, status: u16, location: &str) -> Hop {
        hop(method)
            .next(&answer(status, location))
            .unwrap()
            .unwrap()
    }

    #[test]
    fn a_location_is_relative_to_the_url() {
        let to = |location| next(Method::GET, 302, location).url.to_string();
        assert_eq!(to("three"), "https://a.example/one/three");
        assert_eq!(to("/x?y=2"), "https://a.example/x?y=2");
        assert_eq!(to("//b.example/"), "https://b.example/");
        assert_eq!(to("http://me:secret@b.example/"), "http://b.example/");
    }

    #[test]
    fn what_was_meant_for_one_origin_is_not_told_to_another() {
        let same = next(Method::GET, 307, "/x");
        assert_eq!(same.headers.len(), 5);
        for other in [
            "http://a.example/",
            "https://b.example/",
            "https://a.example:444/",
        ] {
            let next = next(Method::GET, 307, other);
            let names: Vec<_> = next.headers.keys().map(HeaderName::as_str).collect();
            assert_eq!(names, ["accept", "content-type"], "{other}");
        }
    }

    #[test]
    fn a_body_is_not_carried_to_another_origin() {
        let to = |method, status, location| hop(method).next(&answer(status, location)).unwrap();
        for (method, status) in [(Method::POST, 307), (Method::POST, 308), (Method::PUT, 302)] {
            assert!(to(method.clone(), status, "/x").is_ok(), "{status}");
            let error = to(method, status, "https://b.example/").map(|_| ());
            assert!(error.unwrap_err().contains("not given the body"));
        }
        // What becomes a GET has none.
        assert!(to(Method::POST, 302, "https://b.example/").is_ok());
    }

    #[test]
    fn methods_stay_or_become_get_as_the_status_says() {
        for (status, method, expected) in [
            (301, Method::POST, Method::GET),
            (302, Method::POST, Method::GET),
            (302, Method::PUT, Method::PUT),
            (303, Method::PUT, Method::GET),
            (303, Method::HEAD, Method::HEAD),
            (307, Method::POST, Method::POST),
            (308, Method::POST, Method::POST),
        ] {
            let next = next(method.clone(), status, "/x");
            assert_eq!(next.method, expected, "{status} {method}");
            let is_kept = next.method == method;
            assert_eq!(next.body.is_empty(), !is_kept, "{status} {method}");
            assert_eq!(next.headers.contains_key("content-type"), is_kept);
        }
    }

    #[test]
    fn what_is_no_redirect_is_the_answer() {
        for status in [200, 204, 300, 304, 404] {
            assert!(
                hop(Method::GET).next(&answer(status, "/x")).is_none(),
                "{status}"
            );
        }
        let mut nowhere = answer(302, "/x");
        nowhere.headers.clear();
        assert!(hop(Method::GET).next(&nowhere).is_none());
    }

    #[test]
    fn what_cannot_be_followed_is_an_error() {
        for location in ["ftp://a.example/", "data:text/plain,x", "http://"] {
            let next = hop(Method::GET).next(&answer(302, location)).unwrap();
            assert!(next.is_err(), "{location}");
        }
    }
}
