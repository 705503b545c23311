//! The command line of `ratelimit explain`.

use clap::{Args, ValueEnum};
use jiff::Timestamp;

use super::time;

#[derive(Debug, Args)]
pub(crate) struct Explain {
    /// Print one line of JSON instead
    #[arg(long)]
    pub(crate) json: bool,

    /// Read as if it were this moment, as in 2026-03-02T12:00:00Z [default: the system's clock]
    ///
    /// It matters for moments (a reset in Unix time, Retry-After as a date) in a response without a Date. From the year
    /// 1970 to 9998.
    #[arg(long, value_name = "RFC3339", value_parser = time::moment)]
    pub(crate) now: Option<Timestamp>,

    /// What plain numbers are as resets of the generic families [default: told by their size]
    ///
    /// For servers that state delays in milliseconds, which look like seconds (Prisjakt's X-Rate-Limit-Reset). The
    /// generic families are X-RateLimit-*, X-Rate-Limit-* and RateLimit-Reset.
    #[arg(long, value_name = "UNIT")]
    pub(crate) reset_unit: Option<ResetUnit>,
}

/// A delay, in this unit.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum ResetUnit {
    Seconds,
    Milliseconds,
}

pub(super) const EXAMPLES: &str = "\
Examples:
  curl -si https://api.github.com | ratelimit explain
  curl -siL https://example.com | ratelimit explain --json
  ratelimit explain --now 2026-03-02T12:00:00Z < head.txt

`as x-ratelimit says` names the family of headers: ietf-08+, ietf-07 and ietf-trio are RateLimit, RateLimit-Policy and
RateLimit-* of the IETF drafts, x-ratelimit is X-RateLimit-*, x-rate-limit is X-Rate-Limit-*, and the others are named
after vendors. docs/HEADERS.md lists them all (under Dialects). A limit without a name is called by its family.

With --json a response that states no limits is {\"none\":true}; times are in milliseconds (_ms) or seconds (_s),
null is what is not stated, and `binding` names the policy that stops the client where others would not. `retry_after_ms` is only
what is asked for explicitly, by Retry-After or one like it: null is not \"no wait\". Where it is null and the policy
that binds has nothing left, wait for its reset, as the text says (in Rust: ratelimit_headers, Reading::wait).

Exit status: 0 if there is a head, whatever it says; 1 if the result could not be written; 2 if there is no head, or the
command line is wrong.";
