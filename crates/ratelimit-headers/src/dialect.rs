//! Which families of rate-limit headers there are.

use std::fmt;

/// The family of headers that a [`Policy`](crate::Policy) was read from.
///
/// ```
/// use ratelimit_headers::Dialect;
///
/// assert_eq!(Dialect::Ietf.as_str(), "ietf-08+");
/// assert_eq!(Dialect::Vendor("anthropic").to_string(), "anthropic");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Dialect {
    /// `RateLimit` and `RateLimit-Policy` as lists of named items: draft-ietf-httpapi-ratelimit-headers-08 and later.
    Ietf,
    /// `RateLimit` as a dictionary, `RateLimit-Policy` as a list of quotas: draft-ietf-httpapi-ratelimit-headers-07.
    Ietf07,
    /// `RateLimit-Limit`, `RateLimit-Remaining`, `RateLimit-Reset`, perhaps with `RateLimit-Policy`: the drafts up to
    /// draft-ietf-httpapi-ratelimit-headers-06, and those who took their names for other values.
    IetfTrio,
    /// `X-RateLimit-Limit`, `X-RateLimit-Remaining`, `X-RateLimit-Reset`: a convention without a specification.
    XRateLimit,
    /// `X-Rate-Limit-Limit`, `X-Rate-Limit-Remaining`, `X-Rate-Limit-Reset`: the same with one more hyphen.
    XRateLimitDashed,
    /// Fields of one vendor, or shared by a few, under the name of its [`Row`](crate::Row).
    Vendor(&'static str),
}

impl Dialect {
    /// A short name in lower case, for logs and labels: `ietf-08+`, `ietf-07`, `ietf-trio`, `x-ratelimit`,
    /// `x-rate-limit`, or that of the vendor.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Dialect::Ietf => "ietf-08+",
            Dialect::Ietf07 => "ietf-07",
            Dialect::IetfTrio => "ietf-trio",
            Dialect::XRateLimit => "x-ratelimit",
            Dialect::XRateLimitDashed => "x-rate-limit",
            Dialect::Vendor(name) => name,
        }
    }
}

impl fmt::Display for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
