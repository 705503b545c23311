//! Sets of families of headers, to be written.
//!
//! Some families use the same fields for different things: `X-RateLimit-Reset` is a moment in one and a delay in
//! another. No set holds two of those, so that nothing is left to go wrong when a response is on its way.

use crate::read::scope::{ANTHROPIC, OPENAI, units};
use std::fmt;
use std::ops::{BitOr, BitOrAssign};

/// The set of header families that a [`Writer`](crate::Writer) writes.
///
/// Of the families that share fields a set holds at most one: of [`X_RATE_LIMIT`](Self::X_RATE_LIMIT),
/// [`X_RATE_LIMIT_DELTA`](Self::X_RATE_LIMIT_DELTA) and [`ENVOY`](Self::ENVOY), and of [`IETF`](Self::IETF),
/// [`IETF_07`](Self::IETF_07) and [`IETF_TRIO`](Self::IETF_TRIO). A set that comes from configuration is made with
/// [`try_union`](Self::try_union).
///
/// ```
/// use ratelimit_headers::Dialects;
///
/// assert_eq!(Dialects::IETF | Dialects::X_RATE_LIMIT, Dialects::default());
/// assert!(Dialects::default().contains(Dialects::IETF));
/// assert!(!Dialects::NONE.contains(Dialects::IETF));
///
/// let error = Dialects::default().try_union(Dialects::ENVOY).unwrap_err();
/// assert_eq!(error.to_string(), "X_RATE_LIMIT and ENVOY write the same headers in different forms");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Dialects(u16);

/// Two families of headers that contradict each other: they write the same fields in different forms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DialectsError {
    first: Dialects,
    second: Dialects,
}

/// Families of which one response can have only one.
const RIVALS: [Dialects; 2] = [
    Dialects(Dialects::X_RATE_LIMIT.0 | Dialects::X_RATE_LIMIT_DELTA.0 | Dialects::ENVOY.0),
    Dialects(Dialects::IETF.0 | Dialects::IETF_07.0 | Dialects::IETF_TRIO.0),
];

const NAMES: [(Dialects, &str); 9] = [
    (Dialects::X_RATE_LIMIT, "X_RATE_LIMIT"),
    (Dialects::X_RATE_LIMIT_DELTA, "X_RATE_LIMIT_DELTA"),
    (Dialects::ENVOY, "ENVOY"),
    (Dialects::IETF, "IETF"),
    (Dialects::IETF_07, "IETF_07"),
    (Dialects::IETF_TRIO, "IETF_TRIO"),
    (Dialects::X_RETRY_AFTER, "X_RETRY_AFTER"),
    (Dialects::OPENAI, "OPENAI"),
    (Dialects::ANTHROPIC, "ANTHROPIC"),
];

impl Dialects {
    /// Write nothing.
    pub const NONE: Dialects = Dialects(0);
    /// `X-RateLimit-Limit`, `X-RateLimit-Remaining` and `X-RateLimit-Reset` (epoch seconds), as GitHub sends them. The
    /// response needs a `Date`; see [`write_date`](crate::write_date).
    pub const X_RATE_LIMIT: Dialects = Dialects(1);
    /// `RateLimit` and `RateLimit-Policy` as lists of named policies (draft-ietf-httpapi-ratelimit-headers-08 and
    /// later).
    pub const IETF: Dialects = Dialects(1 << 1);
    /// The fields of [`X_RATE_LIMIT`](Self::X_RATE_LIMIT), with the reset as a delay in seconds.
    pub const X_RATE_LIMIT_DELTA: Dialects = Dialects(1 << 2);
    /// The fields of [`X_RATE_LIMIT_DELTA`](Self::X_RATE_LIMIT_DELTA), with all policies in `X-RateLimit-Limit`:
    /// `10, 10;w=1;name="per-ip", 1000;w=3600`, as Envoy's filter sends them (`DRAFT_VERSION_03`).
    pub const ENVOY: Dialects = Dialects(1 << 3);
    /// `RateLimit-Limit`, `RateLimit-Remaining` and `RateLimit-Reset` (a delay in seconds), with the quotas in
    /// `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers-06).
    pub const IETF_TRIO: Dialects = Dialects(1 << 4);
    /// `RateLimit: limit=100, remaining=50, reset=5`, with the quotas in `RateLimit-Policy`
    /// (draft-ietf-httpapi-ratelimit-headers-07).
    pub const IETF_07: Dialects = Dialects(1 << 5);
    /// `X-RateLimit-Retry-After` in seconds: on refusals beside `Retry-After`, see
    /// [`Writer::write_retry_after`](crate::Writer::write_retry_after); on other responses `0`, unless an inner layer or an
    /// upstream asks for a wait.
    pub const X_RETRY_AFTER: Dialects = Dialects(1 << 6);
    /// `x-ratelimit-limit-requests` and so on, with the reset as in `6m0s`: what OpenAI's clients read. States the
    /// policies whose unit is `requests` (or not set) and `tokens`, of each unit the one with the fewest units left.
    pub const OPENAI: Dialects = Dialects(1 << 7);
    /// `anthropic-ratelimit-requests-limit` and so on, with the reset as a moment (RFC 3339): what Anthropic's clients
    /// read. States the policies whose unit is `requests` (or not set), `tokens`, `input-tokens` and `output-tokens`, of
    /// each unit the one with the fewest units left. The response needs a `Date`.
    pub const ANTHROPIC: Dialects = Dialects(1 << 8);

    /// Whether every family of `other` is in this set. Every set contains [`Dialects::NONE`].
    #[must_use]
    pub const fn contains(self, other: Dialects) -> bool {
        self.0 & other.0 == other.0
    }

    /// The families of both sets.
    ///
    /// # Errors
    /// If two of them write the same fields.
    pub const fn try_union(self, other: Dialects) -> Result<Dialects, DialectsError> {
        let both = Dialects(self.0 | other.0);
        let mut group = 0;
        while group < RIVALS.len() {
            let rivals = RIVALS[group].0;
            if (both.0 & rivals).count_ones() > 1 {
                return Err(DialectsError {
                    first: Dialects(self.0 & rivals),
                    second: Dialects(other.0 & rivals),
                });
            }
            group += 1;
        }
        Ok(both)
    }

    /// The families of both sets; `|` in a `const`.
    ///
    /// # Panics
    /// If two of them write the same fields; in a `const`, that does not compile. See [`try_union`](Self::try_union).
    #[must_use]
    #[track_caller]
    pub const fn union(self, other: Dialects) -> Dialects {
        match self.try_union(other) {
            Ok(both) => both,
            Err(_) => panic!("two of these families write the same headers in different forms"),
        }
    }

    /// Whether every family of this set can state a policy that counts `unit`: [`OPENAI`](Self::OPENAI) and
    /// [`ANTHROPIC`](Self::ANTHROPIC) have fields for few units, and say nothing of other policies.
    #[must_use]
    pub fn states_unit(self, unit: &str) -> bool {
        let vendors = [(Dialects::OPENAI, OPENAI), (Dialects::ANTHROPIC, ANTHROPIC)];
        let mut ours = vendors.iter().filter(|(family, _)| self.contains(*family));
        ours.all(|(_, vendor)| units(vendor).any(|known| known.unit == unit))
    }

    /// Whether anything is to be written beside the two usual families, whose path is short.
    pub(super) const fn has_others(self) -> bool {
        const SHORT: u16 = Dialects::X_RATE_LIMIT.0 | Dialects::IETF.0 | Dialects::X_RETRY_AFTER.0;
        self.0 & !SHORT != 0
    }
}

impl Default for Dialects {
    /// `X_RATE_LIMIT` and `IETF`: old clients read the one, new clients the other.
    fn default() -> Self {
        Dialects::X_RATE_LIMIT.union(Dialects::IETF)
    }
}

impl BitOr for Dialects {
    type Output = Dialects;

    /// As [`union`](Dialects::union): panics if two of the families write the same fields.
    #[track_caller]
    fn bitor(self, other: Dialects) -> Dialects {
        self.union(other)
    }
}

impl BitOrAssign for Dialects {
    #[track_caller]
    fn bitor_assign(&mut self, other: Dialects) {
        *self = *self | other;
    }
}

impl fmt::Debug for Dialects {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut set = f.debug_set();
        for (_, name) in NAMES.iter().filter(|(family, _)| self.contains(*family)) {
            set.entry(&format_args!("{name}"));
        }
        set.finish()
    }
}

impl DialectsError {
    /// The family that was there.
    #[must_use]
    pub const fn first(&self) -> Dialects {
        self.first
    }

    /// The family that was to be added.
    #[must_use]
    pub const fn second(&self) -> Dialects {
        self.second
    }
}

impl fmt::Display for DialectsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = |set: Dialects| NAMES.iter().find(|(family, _)| *family == set);
        let name = |set| name(set).map_or("?", |(_, name)| name);
        let (first, second) = (name(self.first), name(self.second));
        write!(
            f,
            "{first} and {second} write the same headers in different forms"
        )
    }
}

impl std::error::Error for DialectsError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_prints_its_members() {
        assert_eq!(format!("{:?}", Dialects::NONE), "{}");
        assert_eq!(format!("{:?}", Dialects::default()), "{X_RATE_LIMIT, IETF}");
    }

    #[test]
    fn of_the_families_that_share_fields_a_set_holds_one() {
        for (one, _) in NAMES {
            for (other, _) in NAMES {
                let rivals = RIVALS
                    .iter()
                    .any(|group| group.contains(Dialects(one.0 | other.0)));
                let both = one.try_union(other);
                assert_eq!(both.is_err(), rivals && one != other, "{one:?} {other:?}");
                if let Err(error) = both {
                    assert_eq!((error.first(), error.second()), (one, other));
                }
            }
        }
    }

    #[test]
    fn vendors_have_fields_for_few_units() {
        let vendors = Dialects::OPENAI | Dialects::ANTHROPIC;
        assert!(vendors.states_unit("requests") && vendors.states_unit("tokens"));
        assert!(Dialects::ANTHROPIC.states_unit("output-tokens"));
        assert!(!vendors.states_unit("output-tokens") && !vendors.states_unit("calls"));
        assert!(Dialects::default().states_unit("calls"));
    }

    #[test]
    #[should_panic(expected = "write the same headers")]
    fn an_impossible_set_cannot_be_built() {
        let _ = Dialects::default() | Dialects::IETF_07;
    }
}
