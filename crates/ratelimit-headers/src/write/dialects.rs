//! Sets of families of headers, to be written.

use std::fmt;
use std::ops::{BitOr, BitOrAssign};

/// The set of header families that a [`Writer`](crate::Writer) writes.
///
/// ```
/// use ratelimit_headers::Dialects;
///
/// assert!(Dialects::default().contains(Dialects::IETF));
/// assert_eq!(Dialects::IETF | Dialects::X_RATE_LIMIT, Dialects::default());
/// assert!(!Dialects::NONE.contains(Dialects::IETF));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Dialects(u8);

impl Dialects {
    /// Write nothing.
    pub const NONE: Dialects = Dialects(0);
    /// `X-RateLimit-Limit`, `X-RateLimit-Remaining` and `X-RateLimit-Reset` (epoch seconds).
    pub const X_RATE_LIMIT: Dialects = Dialects(1);
    /// `RateLimit` and `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers-10).
    pub const IETF: Dialects = Dialects(2);

    /// Whether every family of `other` is in this set. Every set contains [`Dialects::NONE`].
    #[must_use]
    pub const fn contains(self, other: Dialects) -> bool {
        self.0 & other.0 == other.0
    }

    /// The families of both sets; `|` in a `const`.
    #[must_use]
    pub const fn union(self, other: Dialects) -> Dialects {
        Dialects(self.0 | other.0)
    }
}

impl Default for Dialects {
    /// Every family: old clients read the one, new clients the other.
    fn default() -> Self {
        Dialects::X_RATE_LIMIT | Dialects::IETF
    }
}

impl BitOr for Dialects {
    type Output = Dialects;

    fn bitor(self, other: Dialects) -> Dialects {
        self.union(other)
    }
}

impl BitOrAssign for Dialects {
    fn bitor_assign(&mut self, other: Dialects) {
        *self = *self | other;
    }
}

impl fmt::Debug for Dialects {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let families = [
            (Dialects::X_RATE_LIMIT, "X_RATE_LIMIT"),
            (Dialects::IETF, "IETF"),
        ];
        let mut set = f.debug_set();
        for (family, name) in families {
            if self.contains(family) {
                set.entry(&format_args!("{name}"));
            }
        }
        set.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_prints_its_members() {
        assert_eq!(format!("{:?}", Dialects::NONE), "{}");
        assert_eq!(format!("{:?}", Dialects::default()), "{X_RATE_LIMIT, IETF}");
    }
}
