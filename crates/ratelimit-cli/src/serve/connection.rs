//! Connections: accepted, bounded, and known, so that they can be ended in order.
//!
//! Danger: whoever connects and then says nothing, or one byte a minute, holds a connection. So a head
//! has to arrive in time (also the next one on a connection that is kept open), and a connection
//! without any request is closed sooner, whatever protocol it pretends to begin. So many connections
//! are open at most, and when there is no room the silent ones go first. Who comes later
//! waits in the system's queue, without memory or a descriptor here.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use http::{Request, Response};
use http_body::Body;
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use ratelimit_tower::BoxError;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};
use tokio::time::sleep;
use tower_service::Service;

use super::complaint::Complaint;
use super::in_flight::InFlight;
use super::peer::AtPeer;
use super::protocol;
use super::silence::{TELL_EVERY, silence, unless_silent};

/// How long to wait when no connection can be accepted, for want of file descriptors as a rule: at
/// first, and twice as long each time after, up to the last.
const BREATHERS: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(1));

/// How many connections there may be, and how long they may be silent.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    pub(super) connections: usize,
    /// Until the first request of a connection has to be there.
    pub(super) first_head: Duration,
}

/// The connections of a server.
pub(super) struct Connections<S> {
    service: S,
    builder: Builder<TokioExecutor>,
    open: GracefulShutdown,
    bounds: Bounds,
    places: Arc<Semaphore>,
    in_flight: InFlight,
    /// Notified while there is no room.
    crowded: Arc<Notify>,
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
    pub(super) fn new(service: S, bounds: Bounds) -> Self {
        Self {
            service,
            builder: protocol::http(),
            open: GracefulShutdown::new(),
            bounds,
            places: Arc::new(Semaphore::new(bounds.connections)),
            in_flight: InFlight::default(),
            crowded: Arc::default(),
        }
    }

    /// Accepts connections for ever.
    pub(super) async fn accept(&self, listener: &TcpListener) {
        let (mut full, mut refused) = (Complaint::default(), Complaint::default());
        let (first, last) = BREATHERS;
        let mut breather = first;
        loop {
            let Some(place) = self.place(&mut full).await else {
                return;
            };
            match listener.accept().await {
                Ok((stream, peer)) => {
                    breather = first;
                    self.open(stream, peer, place);
                }
                Err(error) if is_of_one_connection(&error) => {}
                Err(error) => {
                    refused.say(&format!("cannot accept a connection: {error}"));
                    self.crowded.notify_waiters();
                    sleep(breather).await;
                    breather = last.min(breather * 2);
                }
            }
        }
    }

    /// A place for one more connection, as soon as there is one.
    async fn place(&self, full: &mut Complaint) -> Option<OwnedSemaphorePermit> {
        let places = Arc::clone(&self.places);
        if places.available_permits() == 0 {
            let connections = self.bounds.connections;
            full.say(&format!(
                "all places for connections ({connections}) are taken, others wait; see --max-connections"
            ));
        }
        let make_room = async {
            loop {
                self.crowded.notify_waiters();
                sleep(TELL_EVERY).await;
            }
        };
        tokio::select! {
            biased;
            // It fails if the semaphore is closed, which it never is.
            place = places.acquire_owned() => place.ok(),
            () = make_room => None,
        }
    }

    /// How many requests are under way.
    pub(super) fn in_flight(&self) -> usize {
        self.in_flight.count()
    }

    /// Lets each connection finish the requests that are under way.
    pub(super) async fn finish(self) {
        self.open.shutdown().await;
    }

    fn open(&self, stream: TcpStream, peer: SocketAddr, place: OwnedSemaphorePermit) {
        // Heads and chunks are small and somebody waits for them. Without it they come later.
        let _ = stream.set_nodelay(true);
        let asked = Arc::new(AtomicBool::new(false));
        let service = AtPeer::new(
            self.service.clone(),
            peer,
            Arc::clone(&asked),
            self.in_flight.clone(),
        );
        let service = TowerToHyperService::new(service);
        let connection = self.builder.serve_connection(TokioIo::new(stream), service);
        let connection = self.open.watch(connection.into_owned());
        let (patience, crowded) = (self.bounds.first_head, Arc::clone(&self.crowded));
        tokio::spawn(async move {
            // Why a connection broke off is the client's affair.
            unless_silent(connection, &asked, silence(patience, &crowded)).await;
            drop(place);
        });
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
