//! Tighter statements that ours would hide.
//!
//! Servers repeat one fact in several families, so readers take the newest and look at no other. Whoever adds a newer
//! family to a response hides what the older ones say; of a limit that a client hits first that must not happen.

use crate::dialect::Dialect;
use crate::policy::Policy;
use crate::read::scope::Scope;
use http::HeaderMap;

/// The family of what readers would believe if it were not for us, if that is tighter than ours.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tighter(Option<Dialect>);

impl Tighter {
    /// There is none, or it does not matter.
    pub(super) const NONE: Tighter = Tighter(None);

    /// What is there, where so many units are left by ours.
    pub(super) fn of(headers: &HeaderMap, remaining: u64) -> Self {
        let policies = Scope::Generic.read(headers);
        let mut policies = policies.as_slice().iter();
        let tighter = policies.find(|policy| is_tighter(policy, remaining));
        Tighter(tighter.map(Policy::dialect))
    }

    /// Whether readers still see it when our family is there too. In fields that are shared one side stands anyway.
    pub(super) fn is_seen_beside(self, ours: Dialect) -> bool {
        self.0.is_none_or(|theirs| age(ours) <= age(theirs))
    }
}

/// Whether a stranger's policy leaves no more than this. One that says only half of it cannot stand for a limit; the
/// lists of `RateLimit` are whole without a limit.
pub(super) fn is_tighter(policy: &Policy, than: u64) -> bool {
    let is_whole = policy.limit().is_some() || policy.dialect() == Dialect::Ietf;
    is_whole && policy.remaining().is_some_and(|left| left <= than)
}

/// The precedence among the families of which readers take the newest; those of vendors hide none.
const fn age(dialect: Dialect) -> u8 {
    match dialect {
        Dialect::Vendor(_) => 0,
        Dialect::XRateLimitDashed => 1,
        Dialect::XRateLimit => 2,
        Dialect::IetfTrio => 3,
        Dialect::Ietf07 => 4,
        Dialect::Ietf => 5,
    }
}
