//! What is counted, where one plan counts several things: requests and tokens, requests and credits.
//!
//! A check then asks for so many of each, and each policy takes what it counts. All of them are one
//! transaction, as ever: ten thousand tokens that do not fit cost no request either.
//!
//! Danger: a unit is known by its name. A policy whose unit nobody names is charged what all others
//! are, so a name that is misspelt counts requests. And whoever is named with 0 passes: a request that
//! surely uses none of a unit is not held up by it, and one that may use some needs an estimate above 0.

use std::hash::Hasher;

use siphasher::sip::SipHasher13;

use crate::limiter::Outcome;
use crate::policy::Policy;

/// The unit that a policy counts, as [`Policy::with_unit`](crate::Policy::with_unit) names it.
///
/// It is a hash of the name, cheap to copy and to compare: make it once, not for each request.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Unit(u64);

/// A value for each unit: for those that are [named](Self::with_units), and one for all others.
///
/// ```
/// use ratelimit_core::{Cost, Memory, Plan, Policy, Quota, Unit};
///
/// let plan = Plan::new("free", [
///     Policy::gcra("requests", Quota::per_minute(60)),
///     Policy::gcra("tokens", Quota::per_minute(10_000)).with_unit("tokens"),
/// ])?;
/// let tokens = Unit::new("tokens");
/// let limiter = Memory::new();
///
/// // One request of 9,500 tokens. Another of as many fits the requests, but not the tokens.
/// let cost = [(tokens, 9_500)];
/// assert!(limiter.check_key("alice", &plan, Cost::from(1).with_units(&cost)).is_allowed());
/// let refused = limiter.check_key("alice", &plan, Cost::from(1).with_units(&cost));
/// assert_eq!(refused.binding().name(), "tokens");
/// assert_eq!(refused.cost(), 9_500);
/// # Ok::<(), ratelimit_core::PlanError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PerUnit<'a, T> {
    each: T,
    named: &'a [(Unit, T)],
}

/// What a check asks for: so many of each unit. A bare number is the cost in every unit.
///
/// A policy whose unit is named with 0 is left aside: it refuses nothing, and a cap gives no permit. (A bare 0
/// asks all policies, and finds those in the way that are overdrawn.)
pub type Cost<'a> = PerUnit<'a, u32>;

/// How what was taken ends: one outcome for each unit. A bare [`Outcome`] is that of every unit.
pub type Settlement<'a> = PerUnit<'a, Outcome>;

// === impl Unit ===

impl Unit {
    /// Requests: what policies count that name no unit, and those that call it `"requests"`.
    pub const REQUESTS: Self = Self(0);

    /// The unit of this name.
    #[must_use]
    pub fn new(name: &str) -> Self {
        if name == "requests" {
            return Self::REQUESTS;
        }
        // Names are configuration, so nobody gains by a collision.
        let mut hasher = SipHasher13::new();
        hasher.write(name.as_bytes());
        Self(hasher.finish() | 1)
    }
}

impl std::fmt::Debug for Unit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Unit({:#x})", self.0)
    }
}

// === impl PerUnit ===

impl<'a, T: Copy> PerUnit<'a, T> {
    /// Values of their own for these units, instead of those that were named before. Of a unit that
    /// stands there twice, the first counts.
    #[must_use]
    pub fn with_units<'b>(self, named: &'b [(Unit, T)]) -> PerUnit<'b, T> {
        PerUnit {
            each: self.each,
            named,
        }
    }

    /// The value for the units that are not named.
    #[must_use]
    pub fn each(&self) -> T {
        self.each
    }

    /// The value for this unit.
    #[inline]
    #[must_use]
    pub fn of(&self, unit: Unit) -> T {
        match self.named {
            [] => self.each,
            named => Self::find(named, unit).unwrap_or(self.each),
        }
    }

    /// The units that have a value of their own.
    #[must_use]
    pub fn named(&self) -> &'a [(Unit, T)] {
        self.named
    }

    /// The value that this unit is named with.
    pub(crate) fn value_named(&self, unit: Unit) -> Option<T> {
        Self::find(self.named, unit)
    }

    fn find(named: &[(Unit, T)], unit: Unit) -> Option<T> {
        let found = named.iter().find(|(name, _)| *name == unit);
        found.map(|(_, value)| *value)
    }
}

impl PerUnit<'_, u32> {
    /// Whether this cost leaves the policy aside: its unit is named, with 0.
    #[inline]
    #[must_use]
    pub fn spares(&self, policy: &Policy) -> bool {
        self.spares_unit(policy.counts())
    }

    #[inline]
    pub(crate) fn spares_unit(&self, unit: Unit) -> bool {
        !self.named.is_empty() && Self::find(self.named, unit) == Some(0)
    }
}

impl<T> From<T> for PerUnit<'_, T> {
    fn from(each: T) -> Self {
        Self { each, named: &[] }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_named_has_the_common_value() {
        let (tokens, credits) = (Unit::new("tokens"), Unit::new("credits"));
        let named = [(tokens, 500), (tokens, 7)];
        let cost = Cost::from(1).with_units(&named);
        assert_eq!(cost.of(tokens), 500);
        assert_eq!(cost.of(credits), 1);
        assert_eq!(cost.of(Unit::REQUESTS), 1);
        assert_eq!(Cost::from(3).of(tokens), 3);
        assert_ne!(Unit::new(""), Unit::REQUESTS);
    }
}
