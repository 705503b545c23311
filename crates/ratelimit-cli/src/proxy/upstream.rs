//! The upstream: where it is, and how it is spoken to.

mod text;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
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
pub use text::UpstreamError;

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
}
