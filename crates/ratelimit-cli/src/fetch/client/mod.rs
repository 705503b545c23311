//! The client: what sends a request, and keeps to limits while it does.
//!
//! From the outside: retries, bodies read whole, the throttle, the wire. A body is read outside of the
//! throttle, so what the head says of limits is learnt at once, and a place in flight is held to the end
//! of the body; and within the retries, so that a body that breaks off is fetched again.
//!
//! The wire is reqwest, for what is no matter of ours: connections, HTTP/2, TLS, proxies. Its own retries
//! and redirects are off, because they would pass by the throttle.

mod classify;
mod collect;
mod error;
mod itself;
mod marks;
mod proxies;
mod refused;
mod tls;
mod trail;
mod wire;

use std::time::Duration;

use bytes::Bytes;
use http::Request;
use ratelimit_tower::retry::{Copyable, Retry, RetryLayer};
use ratelimit_tower::throttle::{Pace, Throttle, ThrottleLayer};
use tower_layer::Layer;

use super::progress::Tally;
use super::stop::Stop;
use crate::cli::{self as args, Fetch};

pub(super) use classify::Careful;
pub(super) use collect::Got;
pub(super) use error::{SendError, reason};
pub(super) use marks::{PRIORITY, prioritised};
pub(super) use tls::TlsError;
pub(super) use trail::Trail;

use collect::Collect;
use wire::Wire;

/// Sends requests in time, again if need be, and reads their answers.
pub(super) type Client = Retry<Collect<Throttle<Wire>>, Careful, Copyable>;

/// What is sent.
pub(super) type Draft = Request<Bytes>;

/// The longest that a server which wants to be left alone is waited for, if nobody says otherwise.
const LONGEST_PAUSE: Duration = Duration::from_secs(3600);

/// As many hosts are kept apart, of those that stated limits in the last ten minutes. What comes beyond would share
/// one gate, and so one pause.
const HOSTS: usize = 1 << 16;

/// Everything, as the command line has it.
pub(super) fn client(args: &Fetch, tally: &Tally, stop: &Stop) -> Result<Client, TlsError> {
    let tls = tls::config(args.cacert.as_deref())?;
    let wire = Wire::new(tls, args.timeout, stop.clone())?;
    let throttle = throttle(args).with_observer(tally.usage().clone());
    let collect = Collect::new(throttle.layer(wire), args.max_body, args.timeout);
    // A budget is for callers without end. Here so many are under way and no more, and each item has its tries.
    let retries = RetryLayer::new()
        .without_budget()
        .with_classify(Careful)
        .with_max_tries(args.tries)
        .with_max_refusals(args::REFUSALS)
        .with_longest_wait(args.max_wait.unwrap_or(LONGEST_PAUSE));
    Ok(retries.layer(collect))
}

/// What keeps to the limits of each host.
fn throttle(args: &Fetch) -> ThrottleLayer {
    let pace = match args.pace {
        args::Pace::Eager => Pace::Eager,
        args::Pace::Even => Pace::Even,
    };
    let mut layer = ThrottleLayer::adaptive()
        .with_pace(pace)
        .with_priority(marks::priority)
        .with_max_keys(HOSTS)
        .with_longest_pause(args.max_wait.unwrap_or(LONGEST_PAUSE));
    if let Some(rate) = args.rate {
        layer = layer.with_plan(rate);
    }
    match args.max_wait {
        Some(wait) => layer.with_max_wait(wait),
        None => layer,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        args: Fetch,
    }

    #[test]
    fn thousands_of_hosts_do_not_share_a_pause() {
        let layer = throttle(&Line::parse_from(["fetch"]).args);
        for host in 0..3000 {
            let request = Request::get(format!("http://h{host}.example/")).body(());
            let gate = layer.gate(&request.unwrap()).unwrap();
            assert_eq!(gate.paused_until(), None, "{host}");
            gate.pause_until(gate.now().saturating_add(LONGEST_PAUSE));
        }
    }
}
