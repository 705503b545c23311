//! A reverse proxy: sends each request to one upstream, and its answer back.
//!
//! Bodies stream in both directions and are never gathered, so a slow answer costs no memory and its
//! first byte arrives when the upstream sends it. What belongs to a connection stays on it (RFC 9110,
//! section 7.6.1). The upstream is spoken to in HTTP/1.1 and sees itself as `Host`; what the client
//! asked for is in `X-Forwarded-Host`. The caller's key passes, because the upstream may want it too.
//!
//! # Dangers
//! - Only beginnings are timed ([`Timeouts`]). An answer that has begun may take for ever, as streams
//!   of events do, and so may a client that does not read it: the request is in flight meanwhile.
//! - Upgrades (WebSocket) do not pass: what follows an upgrade is no request that could be counted.

mod answers;
mod fault;
mod forwarded;
mod hop;
mod own;
mod request;
mod timed;
mod upstream;

pub(crate) use own::Own;
pub use own::Wording;
pub use upstream::{Upstream, UpstreamError};

use std::convert::Infallible;
use std::future::{Future, ready};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderName, Method, Request, Response, Version};
use http_body_util::{Either, Full};
use hyper::body::Incoming;
use ratelimit_tower::key::Forwarded;
use tower_service::Service;

use answers::{BAD_TARGET, NO_TUNNEL, TOO_LATE, failed};
use forwarded::Trust;
use timed::{Progress, Timed};

/// What the proxy answers with: the upstream's body, or words of its own.
pub type ProxyBody = Either<Incoming, Full<Bytes>>;

/// Sends requests to an upstream.
#[derive(Clone, Debug)]
pub struct Proxy {
    upstream: Upstream,
    trust: Arc<Trust>,
    timeouts: Timeouts,
    wording: Wording,
}

/// How long the proxy waits for either side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// For the next piece of a request's body; then the request fails with 408.
    pub body: Duration,
    /// For the upstream to begin its answer, from the last piece of the request that it took; then the
    /// request fails with 504.
    pub answer: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            body: Duration::from_secs(30),
            answer: Duration::from_secs(60),
        }
    }
}

impl Proxy {
    /// A proxy in front of `upstream`. What proxies that are `trusted` say about a client is passed
    /// on; what anybody else says is replaced by what is seen.
    #[must_use]
    pub fn new(upstream: Upstream, trusted: Option<Forwarded>) -> Self {
        let trust = Arc::new(Trust {
            proxies: trusted,
            header: None,
        });
        Self {
            upstream,
            trust,
            timeouts: Timeouts::default(),
            wording: Wording::default(),
        }
    }

    /// Waits as long as this.
    #[must_use]
    pub fn with_timeouts(mut self, timeouts: Timeouts) -> Self {
        self.timeouts = timeouts;
        self
    }

    /// Words its own answers like this.
    #[must_use]
    pub fn with_wording(mut self, wording: Wording) -> Self {
        self.wording = wording;
        self
    }

    /// Another header in which trusted proxies say where a request came from. Beside `Forwarded`,
    /// `X-Forwarded-*` and `X-Real-IP`, it is dropped when anybody else sends it.
    #[must_use]
    pub fn with_address_header(mut self, name: HeaderName) -> Self {
        let proxies = self.trust.proxies.clone();
        self.trust = Arc::new(Trust {
            proxies,
            header: Some(name),
        });
        self
    }
}

impl Service<Request<Incoming>> for Proxy {
    type Response = Response<ProxyBody>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, mut request: Request<Incoming>) -> Self::Future {
        if request.method() == Method::CONNECT {
            return Box::pin(ready(Ok(NO_TUNNEL.answer(self.wording))));
        }
        if request::prepare(&mut request, &self.upstream, &self.trust).is_err() {
            return Box::pin(ready(Ok(BAD_TARGET.answer(self.wording))));
        }
        let (upstream, timeouts, wording) = (self.upstream.clone(), self.timeouts, self.wording);
        Box::pin(async move { Ok(exchange(&upstream, request, timeouts, wording).await) })
    }
}

async fn exchange(
    upstream: &Upstream,
    request: Request<Incoming>,
    timeouts: Timeouts,
    wording: Wording,
) -> Response<ProxyBody> {
    let progress = Progress::now();
    let request = request.map(|body| Timed::new(body, timeouts.body, progress.clone()));
    tokio::select! {
        answer = upstream.send(request) => match answer {
            Ok(response) => pass_back(response),
            Err(error) => failed(&error, wording),
        },
        () = progress.none_for(timeouts.answer) => TOO_LATE.answer(wording),
    }
}

fn pass_back(mut response: Response<Incoming>) -> Response<ProxyBody> {
    hop::remove(response.headers_mut());
    // The server puts in what its own connection speaks.
    *response.version_mut() = Version::HTTP_11;
    response.map(Either::Left)
}
