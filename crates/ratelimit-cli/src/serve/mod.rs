//! `ratelimit serve`: listens, decides, forwards, and ends without breaking off what is under way.
//!
//! A mistake is found before the first connection: the policy file, then the upstream's URL, then the
//! address to listen on, then the state file. Nothing is half started, and a gateway that cannot listen
//! touches no state.

mod complaint;
mod connection;
mod front;
mod greeting;
mod ground;
mod in_flight;
mod peer;
mod protocol;
mod reload;
mod shutdown;
mod silence;
mod state;

use std::convert::Infallible;
use std::path::Path;
use std::process::ExitCode;

use http::{Request, Response};
use http_body::Body;
use hyper::body::Incoming;
use ratelimit_tower::BoxError;
use tower_layer::Layer;
use tower_service::Service;

use crate::check::{BAD_POLICY, warn};
use crate::cli::Serve;
use crate::complain;
use crate::demo::Demo;
use crate::policy::{PolicyError, PolicyFile};
use crate::proxy::{Proxy, Timeouts, Upstream};

use connection::{Bounds, Connections};
use front::Front;
use ground::Ground;
use reload::{Reload, Reloadable};
pub(crate) use shutdown::Signals;

/// Why the gateway cannot serve, in words for the terminal.
type Failure = String;

/// Serves until a signal ends it.
pub(crate) fn command(args: &Serve) -> ExitCode {
    let policy = match &args.config {
        Some(path) => load(path),
        None => PolicyFile::built_in(),
    };
    let policy = match policy {
        Ok(policy) => policy,
        Err(error) => {
            complain(&error.to_string());
            return ExitCode::from(BAD_POLICY);
        }
    };
    match serve(args, policy) {
        Ok(code) => code,
        Err(failure) => {
            complain(&format!("error: {failure}"));
            ExitCode::FAILURE
        }
    }
}

/// Reads a policy file, and warns of what it does not mean.
fn load(path: &Path) -> Result<PolicyFile, PolicyError> {
    let policy = PolicyFile::load(path)?;
    warn(path, &policy);
    Ok(policy)
}

fn serve(args: &Serve, policy: PolicyFile) -> Result<ExitCode, Failure> {
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
    policy: PolicyFile,
    upstream: Option<Upstream>,
) -> Result<ExitCode, Failure> {
    let ground = ground::ground(&args.listen, upstream.as_ref()).await?;
    match upstream {
        Some(upstream) => {
            let timeouts = args.timeouts();
            let origin = move |policy: &PolicyFile| proxy(&upstream, timeouts, policy);
            open(args, policy, ground, origin).await
        }
        None => open(args, policy, ground, |_| Demo).await,
    }
}

/// The upstream, as this policy has it spoken to.
fn proxy(upstream: &Upstream, timeouts: Timeouts, policy: &PolicyFile) -> Proxy {
    let proxy = Proxy::new(upstream.clone(), policy.forwarded().cloned())
        .with_timeouts(timeouts)
        .with_wording(policy.wording());
    match policy.address_header() {
        Some(name) => proxy.with_address_header(name),
        None => proxy,
    }
}

/// Serves what `origin` answers under this policy, until a signal ends it.
async fn open<S, B>(
    args: &Serve,
    policy: PolicyFile,
    mut ground: Ground,
    origin: impl Fn(&PolicyFile) -> S,
) -> Result<ExitCode, Failure>
where
    S: Service<Request<Incoming>, Response = Response<B>, Error = Infallible>,
    S: Clone + Send + Sync + 'static,
    S::Future: Send,
    B: Body<Data = bytes::Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    let state::Begun {
        memory,
        keeper,
        told,
    } = state::begin(args, &policy)?;
    let enforce = |policy: &PolicyFile| {
        let layer = policy.layer_on(memory.clone());
        Front::new(policy, &layer, layer.layer(origin(policy)))
    };
    let service = Reloadable::new(enforce(&policy));
    let bounds = Bounds {
        connections: args.max_connections as usize,
        first_head: args.head_timeout,
    };
    let connections = Connections::new(service.clone(), bounds);
    let reload = Reload {
        config: args.config.clone(),
        service,
        enforce,
        first: policy,
    };
    let (built_in, demo) = (args.config.is_none(), args.upstream.is_none());
    crate::say(&greeting::greeting(ground.address, built_in, demo, &told));
    let serving = async {
        tokio::select! {
            () = connections.accept(&ground.listener) => {}
            () = ground.signals.next() => {}
            () = reload.at(&mut ground.hangups) => {}
        }
        // New connections are refused from here on.
        drop(ground.listener);
        shutdown::finish(connections, &mut ground.signals).await
    };
    let Some(keeper) = keeper else {
        return Ok(serving.await);
    };
    let code = tokio::select! {
        code = serving => code,
        never = keeper.save_for_ever() => match never {},
    };
    Ok(shutdown::save(&keeper, code, &mut ground.signals).await)
}
