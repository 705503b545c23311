//! What a response is to say about one policy.

use std::time::Duration;

/// What one policy says at one instant; what a response is to state.
///
/// A plain value without behaviour: whoever decides fills it in (what is an `Option` also by its field), a [`Writer`](crate::Writer) prints it.
///
/// ```
/// use ratelimit_headers::PolicyState;
/// use std::time::Duration;
///
/// let state = PolicyState::new("per-minute", 60, 12, Duration::from_secs(60))
///     .with_reset_after(Duration::from_secs(48))
///     .with_next_after(Duration::from_secs(1));
/// assert_eq!(state.unit, None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PolicyState<'a> {
    /// The policy's name, for the lists of `RateLimit` and of Envoy's `X-RateLimit-Limit`; the other families have no
    /// names.
    ///
    /// Every name gives a legal header: `"` and `\` are escaped (and read back as they were), and each character that
    /// is not printable ASCII becomes `?`. Two names that differ only in such characters become equal on the wire.
    pub name: &'a str,
    /// What is counted, as `qu` of `RateLimit-Policy`; `None` means requests, the default of the drafts, and is left
    /// out. OpenAI's and Anthropic's fields are chosen by it, and so are the quotas that Envoy's, -07's and the trio's
    /// lists show.
    /// Made legal as `name` is.
    pub unit: Option<&'a str>,
    /// The whole quota, in units. Written as at most 999,999,999,999,999.
    pub limit: u64,
    /// What is left of it, in units. Written as at most 999,999,999,999,999.
    pub remaining: u64,
    /// Until the whole limit is free again: the reset of every family but the lists of `RateLimit`, which have none.
    ///
    /// As [`X_RATE_LIMIT`](crate::Dialects::X_RATE_LIMIT) it is a moment in whole seconds since the epoch, at most
    /// 99,999,999,999 (the year 5138), above which readers would take it for milliseconds; Anthropic's is a moment too
    /// (RFC 3339), at most the end of the year 9999. All others are delays, at most 999,999,999 seconds, above which
    /// readers would take them for moments: OpenAI's to the millisecond, the others in whole seconds. All are rounded up.
    pub reset_after: Duration,
    /// Until *additional* quota is available, as `t` (draft-ietf-httpapi-ratelimit-headers-10, section 4.1.2), in whole
    /// seconds rounded up; `None` leaves it out.
    pub next_after: Option<Duration>,
    /// The window over which `limit` counts, as `w` of every list, in whole seconds rounded up, at least 1.
    pub window: Duration,
    /// Which part of the quota this is, as `pk` in both lists of `RateLimit` (draft-ietf-httpapi-ratelimit-headers-10, section
    /// 3.1.4): a server that counts by user, say, tells the users apart by it. `None` leaves it out.
    ///
    /// Danger: whoever sees the response sees it. Never put a secret here, and never the key that a caller sent: use a
    /// number of your own, or a keyed hash.
    pub partition_key: Option<&'a [u8]>,
    /// The request had nothing to do with it: it uses none of what is counted. It is stated like the others, and nobody
    /// waits for it: it does not lengthen a [`Retry-After`](crate::Statement::write_refusal).
    pub spared: bool,
}

impl<'a> PolicyState<'a> {
    /// A policy that counts requests, resets after a whole `window` and does not say when more quota comes.
    #[inline]
    #[must_use]
    pub const fn new(name: &'a str, limit: u64, remaining: u64, window: Duration) -> Self {
        PolicyState {
            name,
            unit: None,
            limit,
            remaining,
            reset_after: window,
            next_after: None,
            window,
            partition_key: None,
            spared: false,
        }
    }

    /// Sets the name.
    #[inline]
    #[must_use]
    pub const fn with_name(mut self, name: &'a str) -> Self {
        self.name = name;
        self
    }

    /// Sets the whole quota.
    #[inline]
    #[must_use]
    pub const fn with_limit(mut self, limit: u64) -> Self {
        self.limit = limit;
        self
    }

    /// Sets what is left.
    #[inline]
    #[must_use]
    pub const fn with_remaining(mut self, remaining: u64) -> Self {
        self.remaining = remaining;
        self
    }

    /// Sets the window, and nothing else: not the time until the whole limit is free again.
    #[inline]
    #[must_use]
    pub const fn with_window(mut self, window: Duration) -> Self {
        self.window = window;
        self
    }

    /// Sets what is counted.
    #[inline]
    #[must_use]
    pub const fn with_unit(mut self, unit: &'a str) -> Self {
        self.unit = Some(unit);
        self
    }

    /// Sets the time until the whole limit is free again.
    #[inline]
    #[must_use]
    pub const fn with_reset_after(mut self, reset_after: Duration) -> Self {
        self.reset_after = reset_after;
        self
    }

    /// Sets the time until additional quota is available.
    #[inline]
    #[must_use]
    pub const fn with_next_after(mut self, next_after: Duration) -> Self {
        self.next_after = Some(next_after);
        self
    }

    /// Sets whether the request had nothing to do with it.
    #[inline]
    #[must_use]
    pub const fn with_spared(mut self, spared: bool) -> Self {
        self.spared = spared;
        self
    }

    /// Sets the partition key. Never a secret: see [`partition_key`](Self::partition_key).
    #[inline]
    #[must_use]
    pub const fn with_partition_key(mut self, partition_key: &'a [u8]) -> Self {
        self.partition_key = Some(partition_key);
        self
    }
}
