//! The innermost service: one request over the wire, once.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use http::Response;
use reqwest::redirect::Policy;
use reqwest::{Body, Request, retry};
use tower_service::Service;

use super::Draft;
use super::error::SendError;
use super::marks;
use super::proxies::Proxies;
use super::tls::TlsError;
use super::trail::Trail;
use crate::fetch::stop::Stop;

/// Whoever does not accept a connection by then is down.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

#[derive(Clone)]
pub(in crate::fetch) struct Wire {
    client: reqwest::Client,
    proxies: Proxies,
    timeout: Duration,
    stop: Stop,
}

impl Wire {
    pub(super) fn new(
        tls: rustls::ClientConfig,
        timeout: Duration,
        stop: Stop,
    ) -> Result<Self, TlsError> {
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .connect_timeout(CONNECT_TIMEOUT.min(timeout))
            .user_agent(concat!("ratelimit/", env!("CARGO_PKG_VERSION")))
            .redirect(Policy::none())
            .retry(retry::never())
            .build()
            .map_err(|_| TlsError::Refused)?;
        Ok(Self {
            client,
            proxies: Proxies::of_system(),
            timeout,
            stop,
        })
    }
}

impl Service<Draft> for Wire {
    type Response = Response<Body>;
    type Error = SendError;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, SendError>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), SendError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, mut draft: Draft) -> Self::Future {
        if self.stop.is_stopping() {
            return Box::pin(std::future::ready(Err(SendError::Stopped)));
        }
        marks::unmark(draft.headers_mut());
        let trail = draft.extensions_mut().remove::<Trail>();
        let wire = self.clone();
        Box::pin(async move {
            let url = draft.uri().clone();
            let mut request = Request::try_from(draft).map_err(|_| SendError::Unsendable)?;
            *request.timeout_mut() = Some(wire.timeout);
            let _on_wire = trail.as_ref().map(Trail::sent);
            let answer = wire.client.execute(request).await;
            answer.map(Into::into).map_err(|error| {
                let proxy = wire.proxies.toward(&url);
                SendError::of(&error, wire.timeout).through(proxy)
            })
        })
    }
}
