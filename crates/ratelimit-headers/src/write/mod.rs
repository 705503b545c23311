//! From states to headers.
//!
//! Writing happens on every response, so it allocates nothing but what the header map itself needs. Small numbers are
//! slices of a static text; everything else is written into chunks of 4 KiB, two for each thread, of which each value is
//! a slice, and which are used again when all their slices are gone. So **a response that is kept pins one chunk**: who
//! stores responses for long should store copies of the values.
//!
//! The danger is in what is already there: an inner layer or an upstream may have stated limits of its own. Adding ours
//! blindly yields contradictory `X-RateLimit-*` lines and illegal lists; overwriting hides the limit that a client will
//! hit first. See [`Existing`].

mod base64;
mod chunk;
mod date;
mod dialects;
mod digits;
mod duration;
mod family;
mod ietf;
mod merge;
mod name;
mod others;
mod retry_after;
mod rfc3339;
mod single;
mod statement;
mod tighter;
mod time;
mod units;
mod x_rate_limit;

use crate::state::PolicyState;
use http::HeaderMap;
use std::time::Duration;

pub use date::{http_date, write_date};
pub use dialects::{Dialects, DialectsError};
pub use name::{NameError, check_name};
pub use retry_after::{retry_after_seconds, write_retry_after};
pub use rfc3339::rfc3339;
pub use statement::Statement;

/// What to do with limit headers that the response already carries, from an inner layer or an upstream.
///
/// `Retry-After` is none of them, nor are the fields like it: a refusal writes its own and removes those, see
/// [`write_retry_after`]; other responses keep them, but for `X-RateLimit-Retry-After`, which [`Replace`](Self::Replace)
/// removes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Existing {
    /// Let the tighter statement stand.
    ///
    /// The IETF lists ([`Dialects::IETF`]) can state many policies: ours are appended, as one list in one line. A name
    /// (with its partition key, if it has one) stands for one policy, so if both sides speak of the same one, the side
    /// with less remaining stands. A list that cannot be read (RFC 9651, or an earlier draft) is replaced: appending to
    /// it would make ours unreadable too.
    ///
    /// All other families can state one policy only (those of OpenAI and Anthropic, one for each unit): the headers
    /// that are there stay, whole, if limit and remaining are readable and no more remains than by ours; else all of
    /// them are replaced, with what stands beside them, as `X-RateLimit-Used` does.
    ///
    /// Readers take the newest of the generic families (`RateLimit`, the trio of the drafts before, `X-RateLimit-*`,
    /// `X-Rate-Limit-*`) and look at no other. So where the newest that is there leaves no more than ours, no newer one
    /// is written: it would hide the limit that a client hits first.
    #[default]
    Merge,
    /// Remove the headers of every family that this crate writes, also of those that are not written and of those that
    /// OpenAI and Anthropic have for other policies, then write ours.
    Replace,
    /// Leave a family of which any header is present as it is, and write the others.
    Keep,
}

/// Writes what policies say into the headers of a response.
///
/// ```
/// use http::HeaderMap;
/// use ratelimit_headers::{Dialects, PolicyState, Writer};
/// use std::time::Duration;
///
/// let state = PolicyState::new("default", 60, 59, Duration::from_secs(60))
///     .with_reset_after(Duration::from_millis(900))
///     .with_next_after(Duration::from_millis(900));
/// let mut headers = HeaderMap::new();
/// let unix_now = Duration::from_secs(1_772_452_800);
/// Writer::new(Dialects::default()).write(&mut headers, &state, [state].into_iter(), unix_now);
///
/// assert_eq!(headers["x-ratelimit-limit"], "60");
/// assert_eq!(headers["x-ratelimit-remaining"], "59");
/// assert_eq!(headers["x-ratelimit-reset"], "1772452801");
/// assert_eq!(headers["ratelimit"], r#""default";r=59;t=1"#);
/// assert_eq!(headers["ratelimit-policy"], r#""default";q=60;w=60"#);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Writer {
    dialects: Dialects,
    existing: Existing,
}

impl Writer {
    /// A writer of these families, that merges with what is already there.
    #[must_use]
    pub const fn new(dialects: Dialects) -> Self {
        Writer {
            dialects,
            existing: Existing::Merge,
        }
    }

    /// Sets what becomes of limit headers that are already there.
    #[must_use]
    pub const fn with_existing(mut self, existing: Existing) -> Self {
        self.existing = existing;
        self
    }

    /// Writes into `headers`.
    ///
    /// `headline` is the policy that families show which can show only one, such as `X-RateLimit-*`: the one with the
    /// fewest units left, which the drafts up to -07 ask for. `all` are the policies for the lists, in this order; their
    /// names, or names and partition keys, should differ. No policies, no lists. `unix_now` is the wall-clock time since
    /// the epoch: it is printed (plus `reset_after`, rounded up to a second), and decides nothing.
    ///
    /// Never panics, unless `all` does: a field for which a full map has no room is left out.
    #[inline]
    pub fn write<'a>(
        &self,
        headers: &mut HeaderMap,
        headline: &PolicyState<'a>,
        all: impl Iterator<Item = PolicyState<'a>> + Clone,
        unix_now: Duration,
    ) {
        self.statement(headline, all, unix_now).write(headers);
    }

    /// What [`write`](Self::write) would write, to be written later: it is small, and owns its texts.
    #[inline]
    pub fn statement<'a>(
        &self,
        headline: &PolicyState<'a>,
        all: impl Iterator<Item = PolicyState<'a>> + Clone,
        unix_now: Duration,
    ) -> Statement {
        Statement::new(*self, headline, all, unix_now)
    }
}
