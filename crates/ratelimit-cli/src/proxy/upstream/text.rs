//! An upstream as it is named on the command line.
//!
//! Danger: it may be named with a password, so what is wrong is said without that.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use http::uri::{Authority, Uri};

use super::{Upstream, client};

/// A text that names no upstream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UpstreamError {
    text: String,
    problem: &'static str,
}

impl FromStr for Upstream {
    type Err = UpstreamError;

    fn from_str(text: &str) -> Result<Self, UpstreamError> {
        let wrong = |problem| UpstreamError {
            text: without_credentials(text),
            problem,
        };
        let uri: Uri = text.parse().map_err(|_| wrong("this is not a URL"))?;
        match uri.scheme_str() {
            Some("http") => {}
            Some("https") => {
                return Err(wrong(
                    "the gateway does not speak TLS to its upstream; name its plain HTTP port",
                ));
            }
            _ => return Err(wrong("the URL does not begin with `http://`")),
        }
        let authority = uri
            .authority()
            .filter(|authority| !authority.host().is_empty());
        let authority = authority
            .ok_or_else(|| wrong("the URL names no host"))?
            .clone();
        if authority.as_str().contains('@') {
            return Err(wrong("credentials in the upstream's URL are not supported"));
        }
        if !has_usable_port(&authority) {
            return Err(wrong("the port is not a number from 1 to 65535"));
        }
        if uri.query().is_some() {
            return Err(wrong(
                "the URL has a query; requests keep the query that they came with",
            ));
        }
        if uri.path() != "/" {
            return Err(wrong(
                "the URL has a path; requests keep the path that they came with",
            ));
        }
        Ok(Self {
            authority,
            client: client(),
            down: Arc::default(),
        })
    }
}

impl fmt::Display for UpstreamError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.text, self.problem)
    }
}

impl std::error::Error for UpstreamError {}

/// A URL as it can be repeated: what stands before the last `@` may hold a password.
fn without_credentials(url: &str) -> String {
    match url.rsplit_once('@') {
        Some((_, host)) => format!("***@{host}"),
        None => url.to_owned(),
    }
}

/// Whether what follows the host, if anything does, is a port that can be connected to.
///
/// Danger: a port that is too large counts as absent in what a URL says of itself, and callers' keys
/// would go to whoever listens on port 80. So it is the text that is looked at.
fn has_usable_port(authority: &Authority) -> bool {
    let Some(rest) = authority.as_str().strip_prefix(authority.host()) else {
        return false;
    };
    let is_port = |text: &str| {
        let digits = text.bytes().all(|byte| byte.is_ascii_digit());
        digits && text.parse::<u16>().is_ok_and(|port| port > 0)
    };
    rest.is_empty() || rest.strip_prefix(':').is_some_and(is_port)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn refuses(text: &str, problem: &str) {
        let error = text
            .parse::<Upstream>()
            .map(|_| ())
            .unwrap_err()
            .to_string();
        assert!(error.contains(problem), "{error}");
    }

    #[test]
    fn what_is_no_upstream_is_refused_with_the_remedy() {
        refuses("localhost:9000", "http://");
        refuses("/x", "http://");
        refuses("http://", "not a URL");
        refuses("https://api.example", "plain HTTP port");
        refuses("http://api.example/v1", "has a path");
        refuses("http://api.example?x=1", "has a query");
        refuses("http://api.example/?x=1", "has a query");
        refuses("ftp://api.example", "http://");
        refuses("http://:80", "host");
        for port in ["0", "65536", "99999", "4294967376", ""] {
            refuses(&format!("http://127.0.0.1:{port}"), "1 to 65535");
            refuses(&format!("http://[::1]:{port}"), "1 to 65535");
        }
        assert!("http://localhost:65535".parse::<Upstream>().is_ok());
        assert!("http://localhost:9000/".parse::<Upstream>().is_ok());
        assert!("http://[::1]:9000".parse::<Upstream>().is_ok());
    }

    #[test]
    fn a_password_is_not_repeated() {
        refuses(
            "http://me:secret@host",
            "credentials in the upstream's URL are not supported",
        );
        for url in [
            "http://me:secret@host",
            "https://me:secret@host",
            "me:secret@host",
            "http://me:secret@host:99999",
            "http://me:secret @host",
        ] {
            let error = url.parse::<Upstream>().map(|_| ()).unwrap_err();
            assert!(!error.to_string().contains("secret"), "{error}");
        }
    }
}
