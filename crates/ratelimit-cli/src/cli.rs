//! The command line: what there is to say to the program, and what it says back.

mod explain;
mod time;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};
pub(crate) use explain::{Explain, ResetUnit};

use crate::proxy::Timeouts;

/// Rate limits for any HTTP service, from one file.
#[derive(Debug, Parser)]
#[command(name = "ratelimit", version, arg_required_else_help = true, after_help = EXAMPLES)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Enforce a policy file in front of a service
    ///
    /// A reverse proxy. Whoever is over a limit is answered with 429, whoever is not passes to the
    /// upstream; every response says how much is left. Bodies stream in both directions. Ctrl-C or
    /// SIGTERM lets requests in flight finish (for 30 seconds), a second one ends at once.
    #[command(after_help = SERVE_EXAMPLES)]
    Serve(Serve),

    /// Say what a policy file means, or what is wrong with it
    ///
    /// Exit status: 0 if the file can be enforced, 2 if not, or if the command line is wrong; 1 if what it
    /// says could not be written. Keys are never printed.
    Check {
        /// The policy file, in TOML
        file: PathBuf,
    },

    /// Say in plain words what the headers of a response say about limits
    ///
    /// Reads the head of a response from stdin, as `curl -si` prints it: with or without the body, of several heads
    /// (redirects, proxies, 100 Continue) the last, and headers alone will do too. Says what the limits are, how much is
    /// left, when that resets, how long to wait, and which family of headers says so. Of what looks like a limit
    /// and was not understood the name is printed, of other headers nothing.
    #[command(after_help = explain::EXAMPLES)]
    Explain(Explain),
}

#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// The policy file, in TOML [default: Mavera's limits, with demo keys]
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

const EXAMPLES: &str = "\
Examples:
  ratelimit serve                            try it: Mavera's limits before a demo service
  ratelimit check policy.toml                is the file right, and what does it say?
  curl -si https://api.github.com | ratelimit explain
  ratelimit serve --config policy.toml --upstream http://127.0.0.1:9000";

const SERVE_EXAMPLES: &str = "\
Examples:
  ratelimit serve
  ratelimit serve --upstream http://127.0.0.1:9000
  ratelimit serve --config policy.toml --listen 0.0.0.0:80 --upstream http://127.0.0.1:9000

Exit status: 0 if it was ended and every request in flight finished; 1 if it cannot start, or requests
in flight were broken off at the end; 2 if the policy file or the command line is wrong.";

/// Runs the program with the arguments of the process.
#[must_use]
pub fn run() -> ExitCode {
    match Cli::parse().command {
        Command::Serve(serve) => crate::serve::command(&serve),
        Command::Check { file } => crate::check::check(&file),
        Command::Explain(explain) => crate::explain::explain(&explain),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_makes_sense() {
        Cli::command().debug_assert();
    }
}
