//! What is there before the policy is: where requests come from, and what ends or changes the gateway.

use std::net::SocketAddr;

use tokio::net::TcpListener;

use super::Failure;
use super::reload::Hangups;
use super::shutdown::Signals;
use crate::proxy::Upstream;

pub(super) struct Ground {
    pub(super) listener: TcpListener,
    pub(super) address: SocketAddr,
    pub(super) signals: Signals,
    pub(super) hangups: Hangups,
}

/// Listens at this address, with ears for signals.
pub(super) async fn ground(
    listen_at: &str,
    upstream: Option<&Upstream>,
) -> Result<Ground, Failure> {
    let deaf = |error| format!("cannot wait for signals: {error}");
    let signals = Signals::new().map_err(deaf)?;
    let hangups = Hangups::new().map_err(deaf)?;
    let listener = listen(listen_at).await?;
    let address = listener.local_addr();
    let address = address.map_err(|error| format!("cannot tell the address: {error}"))?;
    if upstream.is_some_and(|upstream| upstream.listens_at(address)) {
        return Err(format!(
            "--upstream is {address}, where this gateway listens\n  \
             hint: let the service listen on another port, or the gateway with `--listen`"
        ));
    }
    Ok(Ground {
        listener,
        address,
        signals,
        hangups,
    })
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
