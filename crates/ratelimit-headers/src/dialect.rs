//! Which families of rate-limit headers there are.

/// The family of headers that a [`Policy`](crate::Policy) was read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Dialect {
    /// `X-RateLimit-Limit`, `X-RateLimit-Remaining`, `X-RateLimit-Reset`: a convention without a specification.
    XRateLimit,
    /// `RateLimit` and `RateLimit-Policy` as lists of named items: draft-ietf-httpapi-ratelimit-headers-08 and later.
    Ietf,
}
