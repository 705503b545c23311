//! The head of a request, whatever the client calls it.

use http::{HeaderMap, Method, Request, header};

/// What the client layers look at in a request.
pub trait RequestHead {
    /// The method.
    fn method(&self) -> &Method;

    /// The headers.
    fn headers(&self) -> &HeaderMap;

    /// The host that it goes to, as it was written and without a port, if the request says so.
    fn host(&self) -> Option<&str>;

    /// The port, if the request names one that is not the scheme's own: 443 is none for `https`. A
    /// request that does not say its scheme names none with 80 or 443.
    fn port(&self) -> Option<u16>;

    /// The path, without the query.
    fn path(&self) -> &str;
}

impl<B> RequestHead for Request<B> {
    fn method(&self) -> &Method {
        self.method()
    }

    fn headers(&self) -> &HeaderMap {
        self.headers()
    }

    fn host(&self) -> Option<&str> {
        self.uri().host().or_else(|| Some(host_header(self)?.0))
    }

    fn port(&self) -> Option<u16> {
        let port = match self.uri().host() {
            Some(_) => self.uri().port_u16(),
            None => host_header(self)?.1,
        };
        port.filter(|port| !is_own(self.uri().scheme_str(), *port))
    }

    fn path(&self) -> &str {
        self.uri().path()
    }
}

/// Whether a URI of this scheme means this port without naming it.
fn is_own(scheme: Option<&str>, port: u16) -> bool {
    match scheme {
        Some("http" | "ws") => port == 80,
        Some("https" | "wss") => port == 443,
        Some(_) => false,
        None => port == 80 || port == 443,
    }
}

/// The header counts only where the target does not name the host.
fn host_header<B>(request: &Request<B>) -> Option<(&str, Option<u16>)> {
    let text = request.headers().get(header::HOST)?.to_str().ok()?;
    match text.rsplit_once(':') {
        // The colons of a bare IPv6 address stand within brackets.
        Some((host, port)) if !port.contains(']') => Some((host, port.parse().ok())),
        _ => Some((text, None)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn goes_to(uri: &str, header: Option<&str>, expected: (Option<&str>, Option<u16>)) {
        let mut request = Request::get(uri).body(()).unwrap();
        if let Some(value) = header {
            let value = value.parse().unwrap();
            request.headers_mut().insert(header::HOST, value);
        }
        assert_eq!((request.host(), request.port()), expected);
    }

    #[test]
    fn the_target_names_the_host_before_the_header_does() {
        goes_to("http://a.example/x", None, (Some("a.example"), None));
        goes_to(
            "http://a.example:81/",
            Some("b"),
            (Some("a.example"), Some(81)),
        );
        goes_to("/x", Some("b.example:82"), (Some("b.example"), Some(82)));
        goes_to("/x", Some("[::1]"), (Some("[::1]"), None));
        goes_to("/x", Some("[::1]:83"), (Some("[::1]"), Some(83)));
        goes_to("/x", None, (None, None));
    }

    #[test]
    fn the_port_that_a_scheme_has_anyway_is_none() {
        goes_to("https://a:443/", None, (Some("a"), None));
        goes_to("HTTPS://a:443/", None, (Some("a"), None));
        goes_to("https://a:80/", None, (Some("a"), Some(80)));
        goes_to("http://a:80/", None, (Some("a"), None));
        goes_to("http://a:443/", None, (Some("a"), Some(443)));
        goes_to("wss://a:443/", None, (Some("a"), None));
        goes_to("other://a:443/", None, (Some("a"), Some(443)));
        goes_to("/x", Some("a:443"), (Some("a"), None));
        goes_to("/x", Some("a:8443"), (Some("a"), Some(8443)));
    }
}
