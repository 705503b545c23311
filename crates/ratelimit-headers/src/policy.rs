//! What a response says about one policy.

use crate::dialect::Dialect;
use crate::read::Stated;
use crate::text::Text;
use std::time::Duration;

/// One policy as a response states it. Whatever the response left out, or wrote so that it cannot be read, is `None`.
///
/// Nothing in it has been judged: a server may claim any number, a caller caps what it believes. Times may be so long
/// that adding them to an `Instant` overflows: use `checked_add`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    pub(crate) name: Option<Text>,
    pub(crate) unit: Option<Text>,
    pub(crate) limit: Option<u64>,
    pub(crate) remaining: Option<u64>,
    pub(crate) reset_after: Option<Duration>,
    pub(crate) reset_at: Option<Duration>,
    pub(crate) window: Option<Duration>,
    pub(crate) partition_key: Option<Box<[u8]>>,
    pub(crate) dialect: Dialect,
}

// Readings hold several in place.
const _: () = assert!(size_of::<Policy>() <= 168);

impl Policy {
    pub(crate) const fn empty(dialect: Dialect) -> Self {
        Policy {
            name: None,
            unit: None,
            limit: None,
            remaining: None,
            reset_after: None,
            reset_at: None,
            window: None,
            partition_key: None,
            dialect,
        }
    }

    /// The policy's name, exactly as sent; for the vendors' fields that of the period or endpoint in their names.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.name.as_ref().map(Text::as_str)
    }

    /// What is counted: `qu`, or `"requests"` where a `RateLimit-Policy` member left it out
    /// (draft-ietf-httpapi-ratelimit-headers-10, section 3.1.2); for the vendors' fields what their names say. `None`
    /// where nothing says.
    #[must_use]
    pub fn unit(&self) -> Option<&str> {
        self.unit.as_ref().map(Text::as_str)
    }

    /// The whole quota, in units; the sum of what is used and what is left, where only those are stated.
    #[must_use]
    pub const fn limit(&self) -> Option<u64> {
        self.limit
    }

    /// What is left, in units; reported as sent, even if it is above the limit.
    #[must_use]
    pub const fn remaining(&self) -> Option<u64> {
        self.remaining
    }

    /// How long from the reading until the quota is (partly) renewed, rounded up to the millisecond; zero if that
    /// moment is past.
    #[must_use]
    pub const fn reset_after(&self) -> Option<Duration> {
        self.reset_after
    }

    /// The moment of the renewal, since the Unix epoch, exactly as it was stated; `None` where a delay was.
    ///
    /// It is of the server's clock: do not hold it against another.
    #[must_use]
    pub const fn reset_at(&self) -> Option<Duration> {
        self.reset_at
    }

    /// The window over which the limit counts, in whole seconds; never zero.
    #[must_use]
    pub const fn window(&self) -> Option<Duration> {
        self.window
    }

    /// Which part of the quota this is: `pk` of the lists of `RateLimit` and `RateLimit-Policy`
    /// (draft-ietf-httpapi-ratelimit-headers-10, section 3.1.4), decoded. Any bytes; two policies may differ in nothing
    /// else. `None` where it is not stated, and in all other families.
    #[must_use]
    pub fn partition_key(&self) -> Option<&[u8]> {
        self.partition_key.as_deref()
    }

    /// The family of headers that said so.
    #[must_use]
    pub const fn dialect(&self) -> Dialect {
        self.dialect
    }

    pub(crate) fn set_reset(&mut self, reset: Option<Stated>) {
        self.reset_after = reset.map(|reset| reset.after);
        self.reset_at = reset.and_then(|reset| reset.at);
    }

    pub(crate) const fn says_something(&self) -> bool {
        self.limit.is_some() || self.remaining.is_some() || self.reset_after.is_some()
    }
}
