//! In which headers limits are stated.

use ratelimit_headers::Dialects;

/// How limits are stated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Form {
    /// The families of fields.
    pub dialects: Dialects,
    /// Whether there is a `Date`.
    pub date: bool,
}

impl Form {
    /// `X-RateLimit-*` with the reset as a moment, and `Date`.
    pub const UNIX: Self = Self {
        dialects: Dialects::X_RATE_LIMIT,
        date: true,
    };
    /// The same without `Date`.
    pub const UNIX_NO_DATE: Self = Self {
        date: false,
        ..Self::UNIX
    };
    /// `RateLimit` and `RateLimit-Policy`, without `Date`.
    pub const IETF_NO_DATE: Self = Self {
        dialects: Dialects::IETF,
        date: false,
    };
    /// What this stack's server writes unless told otherwise: both.
    pub const BOTH: Self = Self {
        dialects: Dialects::X_RATE_LIMIT.union(Dialects::IETF),
        date: true,
    };
    /// Nothing but `Retry-After` on refusals.
    pub const RETRY_AFTER: Self = Self {
        dialects: Dialects::NONE,
        date: true,
    };
}
