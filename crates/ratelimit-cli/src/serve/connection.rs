//! Connections: accepted, bounded, and known, so that they can be ended in order.
//!
//! Danger: whoever connects and then says nothing, or one byte a minute, holds a connection. So a head
//! has to arrive in time (also the next one on a connection that is kept open), and a connection
//! without any request by then is closed, whatever protocol it pretends to begin.

use std::convert::Infallible;
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use http::{Request, Response};
use http_body::Body;
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use ratelimit_tower::BoxError;
use tokio::net::{TcpListener, TcpStream};
use tokio::time::sleep;
use tower_service::Service;

use super::peer::AtPeer;

/// How long a head may take to arrive, and how long a connection is kept open between requests.
const HEAD_TIMEOUT: Duration = Duration::from_secs(30);
/// How much of a head is read before it is refused with 431.
const MAX_HEAD: usize = 64 * 1024;
/// How often an HTTP/2 client has to prove that it is still there.
const PING_EVERY: Duration = Duration::from_secs(20);
/// How long to wait when no connection can be accepted, for want of file descriptors as a rule.
const BREATHER: Duration = Duration::from_millis(100);

/// The connections of a server.
pub(super) struct Connections<S> {
    service: S,
    builder: Builder<TokioExecutor>,
    open: GracefulShutdown,
}

impl<S, B> Connections<S>
where
    S: Service<Request<Incoming>, Response = Response<B>, Error = Infallible>,
    S: Clone + Send + 'static,
    S::Future: Send,
    B: Body + Send + 'static,
    B::Data: Send,
    B::Error: Into<BoxError>,
{
    pub(super) fn new(service: S) -> Self {
        let mut builder = Builder::new(TokioExecutor::new());
        builder
            .http1()
            .timer(TokioTimer::new())
            .header_read_timeout(HEAD_TIMEOUT)
            .max_buf_size(MAX_HEAD);
        builder
            .http2()
            .timer(TokioTimer::new())
            .keep_alive_interval(PING_EVERY)
            .keep_alive_timeout(PING_EVERY);
        Self {
            service,
            builder,
            open: GracefulShutdown::new(),
        }
    }

    /// Accepts connections for ever.
    pub(super) async fn accept(&self, listener: &TcpListener) {
        loop {
            match listener.accept().await {
                Ok((stream, peer)) => self.open(stream, peer),
                Err(error) if is_of_one_connection(&error) => {}
                Err(error) => {
                    crate::complain(&format!("cannot accept a connection: {error}"));
                    sleep(BREATHER).await;
                }
            }
        }
    }

    /// Lets each connection finish the requests that are under way.
    pub(super) async fn finish(self) {
        self.open.shutdown().await;
    }

    fn open(&self, stream: TcpStream, peer: std::net::SocketAddr) {
        // Heads and chunks are small and somebody waits for them. Without it they come later.
        let _ = stream.set_nodelay(true);
        let asked = Arc::new(AtomicBool::new(false));
        let service = AtPeer::new(self.service.clone(), peer, Arc::clone(&asked));
        let service = TowerToHyperService::new(service);
        let connection = self.builder.serve_connection(TokioIo::new(stream), service);
        let connection = self.open.watch(connection.into_owned());
        tokio::spawn(async move {
            // Why a connection broke off is the client's affair.
            unless_silent(connection, &asked).await;
        });
    }
}

/// Drives a connection, and drops it if nothing was asked in time.
async fn unless_silent(connection: impl Future, asked: &AtomicBool) {
    let mut connection = pin!(connection);
    tokio::select! {
        _ = &mut connection => return,
        () = sleep(HEAD_TIMEOUT) => {}
    }
    // Nothing else hangs on this flag, and a request that comes this late may as well be too late.
    if asked.load(Ordering::Relaxed) {
        connection.await;
    }
}

/// Whether only the connection that was to be accepted is at fault.
fn is_of_one_connection(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};
    matches!(
        error.kind(),
        ConnectionAborted | ConnectionRefused | ConnectionReset | Interrupted
    )
}
