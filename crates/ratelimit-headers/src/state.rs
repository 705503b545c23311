//! What a response is to say about one policy.

use std::time::Duration;

/// What one policy says at one instant; what a response is to state.
///
/// A plain value without behaviour: whoever decides fills it in, a [`Writer`](crate::Writer) prints it.
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
pub struct PolicyState<'a> {
    /// The policy's name, for the IETF lists only.
    ///
    /// Every name gives a legal header: `"` and `\` are escaped (and read back as they were), and each character that
    /// is not printable ASCII becomes `?`. Two names that differ only in such characters become equal on the wire.
    pub name: &'a str,
    /// What is counted, as `qu`; `None` means requests, the default of the drafts, and is left out.
    /// Made legal as `name` is.
    pub unit: Option<&'a str>,
    /// The whole quota, in units. Written as at most 999,999,999,999,999.
    pub limit: u64,
    /// What is left of it, in units. Written as at most 999,999,999,999,999.
    pub remaining: u64,
    /// Until the whole limit is free again, as `X-RateLimit-Reset`: written as the moment, in whole seconds since the
    /// epoch rounded up, and at most 99,999,999,999 (the year 5138), above which readers would take it for milliseconds.
    pub reset_after: Duration,
    /// Until *additional* quota is available, as `t` (draft-ietf-httpapi-ratelimit-headers-10, section 4.1.2), in whole
    /// seconds rounded up; `None` leaves it out.
    pub next_after: Option<Duration>,
    /// The window over which `limit` counts, as `w`, in whole seconds rounded up, at least 1.
    pub window: Duration,
    /// Which part of the quota this is, as `pk` in both IETF lists (draft-ietf-httpapi-ratelimit-headers-10, section
    /// 3.1.4): a server that counts by user, say, tells the users apart by it. `None` leaves it out.
    ///
    /// Danger: whoever sees the response sees it. Never put a secret here, and never the key that a caller sent: use a
    /// number of your own, or a keyed hash.
    pub partition_key: Option<&'a [u8]>,
}

impl<'a> PolicyState<'a> {
    /// A policy that counts requests, resets after a whole `window` and does not say when more quota comes.
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
        }
    }

    /// Sets what is counted.
    #[must_use]
    pub const fn with_unit(mut self, unit: &'a str) -> Self {
        self.unit = Some(unit);
        self
    }

    /// Sets the time until the whole limit is free again.
    #[must_use]
    pub const fn with_reset_after(mut self, reset_after: Duration) -> Self {
        self.reset_after = reset_after;
        self
    }

    /// Sets the time until additional quota is available.
    #[must_use]
    pub const fn with_next_after(mut self, next_after: Duration) -> Self {
        self.next_after = Some(next_after);
        self
    }

    /// Sets the partition key. Never a secret: see [`partition_key`](Self::partition_key).
    #[must_use]
    pub const fn with_partition_key(mut self, partition_key: &'a [u8]) -> Self {
        self.partition_key = Some(partition_key);
        self
    }
}
