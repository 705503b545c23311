//! The command line: what there is to say to the program, and what it says back.

mod explain;
mod fetch;
mod serve;
mod time;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
pub(crate) use explain::{Explain, ResetUnit};
pub(crate) use fetch::{Fetch, Pace, REFUSALS, Secret};
pub(crate) use serve::Serve;

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
    /// SIGTERM lets requests in flight finish (for 30 seconds), a second one ends at once. SIGHUP reads the
    /// policy file again.
    #[command(after_help = serve::EXAMPLES)]
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

    /// Fetch many URLs as fast as their servers let it, and no faster
    ///
    /// Reads URLs, one a line, or requests as JSON lines, and prints one JSON object for each as it finishes. The
    /// limits that servers state in their headers are kept to, a wait that is asked for is waited, and what fails
    /// for the time being is sent again. One item that fails does not stop the others.
    #[command(override_usage = fetch::USAGE, after_help = fetch::EXAMPLES, after_long_help = fetch::DETAILS)]
    Fetch(Fetch),
}

const EXAMPLES: &str = "\
Examples:
  ratelimit serve                            try it: Mavera's limits before a demo service
  ratelimit check policy.toml                is the file right, and what does it say?
  curl -si https://api.github.com | ratelimit explain
  ratelimit fetch --input urls.txt --output results.jsonl
  ratelimit serve --config policy.toml --upstream http://127.0.0.1:9000";

/// Runs the program with the arguments of the process.
#[must_use]
pub fn run() -> ExitCode {
    match Cli::parse().command {
        Command::Serve(serve) => crate::serve::command(&serve),
        Command::Check { file } => crate::check::check(&file),
        Command::Explain(explain) => crate::explain::explain(&explain),
        Command::Fetch(fetch) => crate::fetch::command(&fetch),
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
