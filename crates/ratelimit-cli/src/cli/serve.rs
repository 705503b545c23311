//! What `ratelimit serve` is told.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::time;
use crate::proxy::Timeouts;

#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// The policy file, in TOML [default: Mavera's limits, with demo keys]
    ///
    /// SIGHUP reads it again: if it is right it is in force for the next request, and what was spent
    /// stays spent; if it is wrong, that is said, and the one in force stays.
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,

    /// Where to listen; port 0 takes any that is free
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080")]
    pub(crate) listen: String,

    /// The service to protect, as in http://127.0.0.1:9000 [default: a demo that answers everything]
    ///
    /// The demo answers every method and path with 200. `?delay_ms=N` holds back the end of the body
    /// for N milliseconds, `?status=N` answers with that status.
    #[arg(long, value_name = "URL")]
    pub(crate) upstream: Option<String>,

    /// Where to keep what callers have spent, over restarts [default: nowhere]
    ///
    /// Restored at the start (a file that is not there begins empty), saved now and then and at the end,
    /// always as a whole file. A crash forgets what was spent since the last save, so callers may spend
    /// that again; nobody is refused more. One file for each gateway. Keep it private: no key is in it,
    /// but whoever has it can test guesses of keys.
    #[arg(long, value_name = "FILE")]
    pub(crate) state: Option<PathBuf>,

    /// How often to save the state, as in 60s; one second at least
    #[arg(long, value_name = "TIME", default_value = "60s", value_parser = time::second_or_more, requires = "state")]
    pub(crate) state_interval: Duration,

    /// Begin empty, whatever the state file holds
    ///
    /// What it holds is kept beside it, as FILE.old. For one start: whoever leaves it in a unit file
    /// forgets what was spent at each restart.
    #[arg(long, requires = "state")]
    pub(crate) fresh: bool,

    /// How many connections may be open; others wait until there is room
    ///
    /// Each takes a file descriptor, and one more while its request is at the upstream: `ulimit -n`
    /// should be twice as high.
    #[arg(long, value_name = "N", default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub(crate) max_connections: u32,

    /// How long a new connection may take to send its first request before it is closed
    ///
    /// When there is no room for others, it has a second at most.
    #[arg(long, value_name = "TIME", default_value = "10s", value_parser = time::parse)]
    pub(crate) head_timeout: Duration,

    /// How long a request's body may pause before the request fails with 408, as in 30s or 500ms
    #[arg(long, value_name = "TIME", default_value = "30s", value_parser = time::parse)]
    pub(crate) body_timeout: Duration,

    /// How long the upstream may take to begin its answer before the request fails with 504
    ///
    /// It counts from the last piece of the request that the upstream took. An answer that has begun
    /// may take as long as it likes.
    #[arg(long, value_name = "TIME", default_value = "60s", value_parser = time::parse)]
    pub(crate) upstream_timeout: Duration,
}

impl Serve {
    pub(crate) fn timeouts(&self) -> Timeouts {
        Timeouts {
            body: self.body_timeout,
            answer: self.upstream_timeout,
        }
    }
}

pub(super) const EXAMPLES: &str = "\
Examples:
  ratelimit serve
  ratelimit serve --upstream http://127.0.0.1:9000
  ratelimit serve --config policy.toml --listen 0.0.0.0:80 --upstream http://127.0.0.1:9000
  ratelimit serve --config policy.toml --state /var/lib/ratelimit/state
  kill -HUP PID                              read policy.toml again

Exit status: 0 if it was ended and every request in flight finished; 1 if it cannot start (as with a
state file that is damaged), or requests in flight were broken off at the end, or the state could not be
saved then; 2 if the policy file or the command line is wrong.";
