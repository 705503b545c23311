//! The end: requests that are under way finish, within limits, and then the state is saved.

use std::convert::Infallible;
use std::process::ExitCode;
use std::time::Duration;

use http::{Request, Response};
use http_body::Body;
use hyper::body::Incoming;
use ratelimit_tower::BoxError;
use tower_service::Service;

use super::connection::Connections;
use super::state::Keeper;
use crate::complain;

/// How long requests may take to finish.
const GRACE: Duration = Duration::from_secs(30);

/// Ctrl-C, and SIGTERM where there is one. Caught from the moment it is made: a signal that comes
/// before somebody waits for it is not lost.
pub(crate) struct Signals {
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
}

impl Signals {
    #[cfg(unix)]
    pub(crate) fn new() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    #[cfg(not(unix))]
    pub(crate) fn new() -> std::io::Result<Self> {
        Ok(Self {})
    }

    /// The next of them.
    #[cfg(unix)]
    pub(crate) async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }

    /// The next of them.
    #[cfg(not(unix))]
    pub(crate) async fn next(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

/// Waits for the connections, the grace, or another signal, whichever is first.
pub(super) async fn finish<S, B>(connections: Connections<S>, signals: &mut Signals) -> ExitCode
where
    S: Service<Request<Incoming>, Response = Response<B>, Error = Infallible>,
    S: Clone + Send + 'static,
    S::Future: Send,
    B: Body + Send + 'static,
    B::Data: Send,
    B::Error: Into<BoxError>,
{
    match connections.in_flight() {
        0 => {}
        1 => waiting_for("1 request"),
        count => waiting_for(&format!("{count} requests")),
    }
    tokio::select! {
        () = connections.finish() => ExitCode::SUCCESS,
        () = tokio::time::sleep(GRACE) => {
            complain(&format!("after {} seconds, what is still under way is broken off", GRACE.as_secs()));
            ExitCode::FAILURE
        }
        () = signals.next() => {
            complain("what is still under way is broken off");
            ExitCode::FAILURE
        }
    }
}

/// Saves what was spent, also by requests that were broken off. A disk that hangs is no reason that the
/// gateway never ends: one more signal, and it ends without.
pub(super) async fn save(keeper: &Keeper, code: ExitCode, signals: &mut Signals) -> ExitCode {
    let saved = tokio::select! {
        saved = keeper.save_at_the_end() => saved,
        () = signals.next() => {
            complain("the state is not saved; what was spent since it was last saved is forgotten");
            false
        }
    };
    match saved {
        true => code,
        false => ExitCode::FAILURE,
    }
}

fn waiting_for(requests: &str) {
    complain(&format!(
        "waiting for {requests} to finish; press Ctrl-C again to end at once"
    ));
}
