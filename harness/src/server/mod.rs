//! A server in the same process: it sleeps the way up, asks its limiter, states the limits, and sleeps the
//! way down.

mod body;
mod headers;
mod shared;

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use http::{Request, Response};
use tower::Service;

use crate::item::Item;
pub use body::Slow;
pub(crate) use headers::ACTUAL_COST;
pub use shared::Shared;

/// The server as one client reaches it.
#[derive(Clone, Debug)]
pub struct Server {
    shared: Arc<Shared>,
    client: usize,
}

impl Server {
    /// The way of this client to the server.
    #[must_use]
    pub fn new(shared: Arc<Shared>, client: usize) -> Self {
        Self { shared, client }
    }

    /// What all clients share.
    #[must_use]
    pub fn shared(&self) -> &Shared {
        &self.shared
    }
}

impl Service<Request<Item>> for Server {
    type Response = Response<Slow>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Slow>, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Item>) -> Self::Future {
        let (item, client) = (*request.body(), self.client);
        let flight = self.shared.send(client, &item);
        let shared = Arc::clone(&self.shared);
        Box::pin(async move { Ok(shared.serve(client, item, flight).await) })
    }
}
