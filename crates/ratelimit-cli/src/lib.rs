//! The gateway behind the binary `ratelimit`: a reverse proxy that enforces a policy file.
//!
//! It is made of the public crates only: `ratelimit-tower` decides and answers, `ratelimit-core`
//! counts, and what is here reads files, listens and forwards. It is a library so that its parts can
//! be tested with a clock that is moved by hand; it promises no stable interface.
//!
//! # Dangers
//! - State is in memory. Two gateways in front of one service admit twice the limit.
//! - It speaks plain HTTP. Put what ends TLS in front of it, and name that proxy under `[forwarded]`,
//!   or all callers that are told apart by address are one.

mod check;
mod cli;
pub mod demo;
mod explain;
pub mod policy;
pub mod proxy;
pub mod serve;

pub use cli::run;

use std::io::Write;

/// Prints to stdout. That nobody reads it any more is no reason to stop.
fn say(text: &str) {
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

/// Prints one line to stderr.
fn complain(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}
