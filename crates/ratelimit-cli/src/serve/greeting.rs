//! What `serve` says when it is ready: where it is, and what to try.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// The lines to print. Whoever waits for the server waits for the first.
/// `state` is a line of its own, or nothing.
pub(super) fn greeting(address: SocketAddr, built_in: bool, demo: bool, state: &str) -> String {
    let mut lines = format!("listening on http://{address}\n");
    if demo {
        lines += "There is no --upstream, so a demo answers every request that is let in.\n";
    }
    if built_in {
        lines += "There is no --config, so these are Mavera's limits, with demo keys.\n";
    }
    lines += state;
    if built_in && demo {
        lines += &trials(reachable(address));
    }
    lines
}

/// Commands to paste into a shell. `[1-61]` is curl's own: it asks for each of them.
fn trials(address: SocketAddr) -> String {
    let curl = |options: &str, key: &str, target: &str| {
        format!("  curl {options} -H 'Authorization: Bearer {key}' 'http://{address}{target}'")
    };
    let allowed = curl("-si", "mvra_live_basic", "/api/v1/hello");
    let burst = curl("-s", "mvra_live_starter", "/api/v1/hello?n=[1-61]");
    let at_once = curl(
        "-Z --parallel-immediate --no-progress-meter -o /dev/null -w '%{http_code}\\n'",
        "mvra_live_enterprise",
        "/api/v1/video-analyses?delay_ms=2000&n=[1-4]",
    );
    format!(
        "\nA call that is let in, with its limits in the headers:\n{allowed}\n\
         \n61 calls where 60 a minute are allowed; the last is refused:\n{burst}\n\
         \n4 calls at once where 3 are allowed; one is a 429:\n{at_once}\n\
         \nCtrl-C ends it.\n"
    )
}

/// An address to connect to: nobody can connect to "all addresses".
fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(v4) if v4.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(v6) if v6.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        other => other,
    };
    SocketAddr::new(ip, address.port())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_proposed_can_be_done() {
        let everywhere = "0.0.0.0:8080".parse().unwrap();
        let text = greeting(everywhere, true, true, "");
        assert!(text.starts_with("listening on http://0.0.0.0:8080\n"));
        assert_eq!(text.matches("  curl ").count(), 3);
        assert_eq!(text.matches("'http://127.0.0.1:8080/").count(), 3);
        // With an upstream or a file of one's own, neither paths nor keys are known.
        assert_eq!(
            greeting(everywhere, false, false, ""),
            "listening on http://0.0.0.0:8080\n"
        );
        assert!(!greeting(everywhere, true, false, "").contains("curl"));
    }
}
