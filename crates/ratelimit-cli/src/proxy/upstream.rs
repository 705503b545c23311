//! The upstream: where it is, and how it is spoken to.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use http::uri::{Authority, PathAndQuery, Scheme, Uri};
use http::{Request, Response};
use hyper::body::Incoming;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::{Client, Error};
use hyper_util::rt::{TokioExecutor, TokioTimer};

use super::timed::Timed;

/// Whoever does not accept a connection by then is down.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Less than what servers usually keep an idle connection for, so that seldom one is used that is
/// being closed at the other end.
const IDLE_TIMEOUT: Duration = Duration::from_secs(15);

/// An HTTP/1.1 service, and the connections to it. Clones share the connections.
#[derive(Clone, Debug)]
pub struct Upstream {
    authority: Authority,
    client: Client<HttpConnector, Timed<Incoming>>,
    down: Arc<AtomicBool>,
}

/// A text that names no upstream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UpstreamError {
    text: String,
    problem: &'static str,
}

impl Upstream {
    /// Whether this is, by what its URL says, whoever listens at `address`: a gateway that is its own
    /// upstream calls itself until it has no connections left.
    #[must_use]
    pub fn listens_at(&self, address: SocketAddr) -> bool {
        let host = self.authority.host().trim_matches(['[', ']']);
        let ip = match host {
            "localhost" => Some(Ipv4Addr::LOCALHOST.into()),
            host => host.parse::<IpAddr>().ok(),
        };
        let everywhere = address.ip().is_unspecified();
        let same = |ip: IpAddr| {
            ip == address.ip() || everywhere && (ip.is_loopback() || ip.is_unspecified())
        };
        self.authority.port_u16().unwrap_or(80) == address.port() && ip.is_some_and(same)
    }

    /// The upstream's target of this path.
    pub(super) fn uri(&self, target: PathAndQuery) -> Result<Uri, http::Error> {
        let mut parts = http::uri::Parts::default();
        parts.scheme = Some(Scheme::HTTP);
        parts.authority = Some(self.authority.clone());
        parts.path_and_query = Some(target);
        Ok(Uri::from_parts(parts)?)
    }

    pub(super) async fn send(
        &self,
        request: Request<Timed<Incoming>>,
    ) -> Result<Response<Incoming>, Error> {
        let answer = self.client.request(request).await;
        self.report(answer.as_ref().err().filter(|error| error.is_connect()));
        answer
    }

    /// Tells the operator when the upstream goes down and when it is back, not at each request.
    fn report(&self, error: Option<&Error>) {
        // The flag guards nothing but the message, so no order is needed.
        let was_down = self.down.swap(error.is_some(), Ordering::Relaxed);
        match error {
            Some(error) if !was_down => {
                let cause = root_cause(error);
                let authority = &self.authority;
                crate::complain(&format!(
                    "the upstream http://{authority} cannot be reached: {cause}"
                ));
            }
            None if was_down => {
                crate::complain(&format!("the upstream http://{} is back", self.authority));
            }
            _ => {}
        }
    }
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

fn client() -> Client<HttpConnector, Timed<Incoming>> {
    let mut connector = HttpConnector::new();
    connector.set_nodelay(true);
    connector.set_connect_timeout(Some(CONNECT_TIMEOUT));
    Client::builder(TokioExecutor::new())
        .pool_timer(TokioTimer::new())
        .pool_idle_timeout(IDLE_TIMEOUT)
        .build(connector)
}

/// What really happened, under the layers that say where.
fn root_cause(error: &Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
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
    fn a_gateway_knows_itself() {
        let is = |upstream: &str, address: &str| {
            let upstream: Upstream = upstream.parse().unwrap();
            upstream.listens_at(address.parse().unwrap())
        };
        assert!(is("http://127.0.0.1:8080", "127.0.0.1:8080"));
        assert!(is("http://localhost:8080", "127.0.0.1:8080"));
        assert!(is("http://localhost", "0.0.0.0:80"));
        assert!(is("http://[::1]:80", "[::]:80"));
        assert!(!is("http://127.0.0.1:8081", "127.0.0.1:8080"));
        assert!(!is("http://10.0.0.7:8080", "127.0.0.1:8080"));
        assert!(!is("http://api.example:8080", "0.0.0.0:8080"));
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
