//! What is behind the binary `ratelimit`: a reverse proxy that enforces a policy file, and a client that keeps to limits.
//!
//! It is made of the public crates only: `ratelimit-tower` decides and answers, `ratelimit-core`
//! counts, and what is here reads files, listens, forwards and fetches. It is a library so that its parts can
//! be tested with a clock that is moved by hand; it promises no stable interface.
//!
//! # Dangers
//! - State is in memory. Two gateways in front of one service admit twice the limit.
//! - The gateway speaks plain HTTP. Put what ends TLS in front of it, and name that proxy under `[forwarded]`,
//!   or all callers that are told apart by address are one.

mod check;
mod cli;
pub mod demo;
mod explain;
mod fetch;
pub mod policy;
pub mod proxy;
pub mod serve;
mod terminal;

pub use cli::run;

use std::io::{ErrorKind, Write};
use std::process::ExitCode;

/// The exit status of a command whose result could not be written.
const NOT_WRITTEN: u8 = 1;

/// Prints to stdout. That nobody reads it any more is no reason to stop.
fn say(text: &str) {
    let _ = write(text);
}

/// Prints the result of a command to stdout. A reader that is gone has read enough; what cannot be written otherwise (a
/// full disk) must not look like success.
fn print(text: &str) -> ExitCode {
    match write(text) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            complain(&format!("cannot write the result: {error}"));
            ExitCode::from(NOT_WRITTEN)
        }
        _ => ExitCode::SUCCESS,
    }
}

fn write(text: &str) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()
}

/// Prints one line to stderr.
fn complain(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}
