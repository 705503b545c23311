//! `ratelimit serve`: listens, decides, forwards, and ends without breaking off what is under way.
//!
//! A mistake is found before the first connection: the policy file, then the upstream's URL, then the
//! address to listen on. Nothing is half started.

mod complaint;
mod connection;
mod greeting;
mod in_flight;
mod peer;
mod shutdown;

use std::convert::Infallible;
use std::path::Path;
use std::process::ExitCode;

use http::{Request, Response};
use http_body::Body;
use hyper::body::Incoming;
use ratelimit_core::Memory;
use tokio::net::TcpListener;
use tower_layer::Layer;
use tower_service::Service;

use crate::check::{BAD_POLICY, warn};
use crate::cli::Serve;
use crate::complain;
use crate::demo::Demo;
use crate::policy::PolicyFile;
use crate::proxy::{Proxy, Upstream};

use connection::{Bounds, Connections};
use shutdown::Signals;

/// Why the gateway cannot serve, in words for the terminal.
type Failure = String;

/// Serves until a signal ends it.
pub(crate) fn command(args: &Serve) -> ExitCode {
    let policy = match policy(args.config.as_deref()) {
        Ok(policy) => policy,
        Err(error) => {
            complain(&error.to_string());
            return ExitCode::from(BAD_POLICY);
        }
    };
    match serve(args, &policy) {
        Ok(code) => code,
        Err(failure) => {
            complain(&format!("error: {failure}"));
            ExitCode::FAILURE
        }
    }
}

fn policy(path: Option<&Path>) -> Result<PolicyFile, crate::policy::PolicyError> {
    let Some(path) = path else {
        return PolicyFile::built_in();
    };
    let policy = PolicyFile::load(path)?;
    warn(path, &policy);
    Ok(policy)
}

fn serve(args: &Serve, policy: &PolicyFile) -> Result<ExitCode, Failure> {
    let upstream = args
        .upstream
        .as_deref()
        .map(str::parse::<Upstream>)
        .transpose();
    let upstream = upstream.map_err(|error| {
        format!("--upstream {error}\n  hint: name it as in `--upstream http://127.0.0.1:9000`")
    })?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    let runtime = runtime.map_err(|error| format!("cannot start: {error}"))?;
    let code = runtime.block_on(gateway(args, policy, upstream));
    // Look-ups of names that hang are no reason to hang as well.
    runtime.shutdown_background();
    code
}

async fn gateway(
    args: &Serve,
    policy: &PolicyFile,
    upstream: Option<Upstream>,
) -> Result<ExitCode, Failure> {
    let signals = Signals::new().map_err(|error| format!("cannot wait for signals: {error}"))?;
    let listener = listen(&args.listen).await?;
    let address = listener.local_addr();
    let address = address.map_err(|error| format!("cannot tell the address: {error}"))?;
    if upstream
        .as_ref()
        .is_some_and(|upstream| upstream.listens_at(address))
    {
        return Err(format!(
            "--upstream is {address}, where this gateway listens\n  \
             hint: let the service listen on another port, or the gateway with `--listen`"
        ));
    }
    let layer = policy.layer(Memory::builder());
    let greeting = greeting::greeting(address, args.config.is_none(), upstream.is_none());
    let ready = || crate::say(&greeting);
    let bounds = Bounds {
        connections: args.max_connections as usize,
        first_head: args.head_timeout,
    };
    Ok(match upstream {
        Some(upstream) => {
            let mut proxy = Proxy::new(upstream, policy.forwarded().cloned())
                .with_timeouts(args.timeouts())
                .with_wording(policy.wording());
            if let Some(name) = policy.address_header() {
                proxy = proxy.with_address_header(name);
            }
            run(
                listener,
                Connections::new(layer.layer(proxy), bounds),
                signals,
                ready,
            )
            .await
        }
        None => {
            run(
                listener,
                Connections::new(layer.layer(Demo), bounds),
                signals,
                ready,
            )
            .await
        }
    })
}

async fn run<S, B>(
    listener: TcpListener,
    connections: Connections<S>,
    mut signals: Signals,
    ready: impl FnOnce(),
) -> ExitCode
where
    S: Service<Request<Incoming>, Response = Response<B>, Error = Infallible>,
    S: Clone + Send + 'static,
    S::Future: Send,
    B: Body + Send + 'static,
    B::Data: Send,
    B::Error: Into<ratelimit_tower::BoxError>,
{
    ready();
    tokio::select! {
        () = connections.accept(&listener) => {}
        () = signals.next() => {}
    }
    // New connections are refused from here on.
    drop(listener);
    shutdown::finish(connections, &mut signals).await
}

async fn listen(address: &str) -> Result<TcpListener, Failure> {
    TcpListener::bind(address).await.map_err(|error| {
        let hint = match error.kind() {
            std::io::ErrorKind::AddrInUse => {
                "another program listens there; end it, or choose another port with \
                 `--listen 127.0.0.1:8081` (port 0 takes any that is free)"
            }
            std::io::ErrorKind::PermissionDenied => {
                "ports below 1024 are for the administrator; choose a higher one with `--listen`"
            }
            std::io::ErrorKind::AddrNotAvailable => {
                "this machine does not have that address; 0.0.0.0 means all that it has"
            }
            _ => "write an address and a port, as in `--listen 127.0.0.1:8080`",
        };
        format!("cannot listen on {address}: {error}\n  hint: {hint}")
    })
}
