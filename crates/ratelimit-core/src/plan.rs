//! A [`Plan`] is what binds one caller: all the policies of a tier, taken together or not at all.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use crate::algorithm::Algorithm;
use crate::policy::Policy;
use crate::quota::Quota;

/// The most policies that a plan may have.
pub const MAX_POLICIES: usize = 8;

/// The policies that bind one caller (a *tier*). Cheap to clone: clones share one allocation.
///
/// ```
/// use ratelimit_core::{Plan, Policy, Quota};
///
/// let plan = Plan::new("professional", [
///     Policy::sliding_log("minute", Quota::per_minute(240)),
///     Policy::concurrency("at-once", 10),
/// ])?;
/// let simple = Plan::from(Quota::per_minute(60)); // a token bucket that is called "default"
/// # Ok::<(), ratelimit_core::PlanError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Plan(Arc<Inner>);

#[derive(PartialEq, Eq)]
struct Inner {
    name: Cow<'static, str>,
    policies: Box<[Policy]>,
    concurrency: bool,
}

/// Why policies do not make a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PlanError {
    /// No policies. To let everybody in, skip the check.
    Empty,
    /// More than [`MAX_POLICIES`].
    TooMany,
    /// A policy's name or unit is not 1 to 64 printable ASCII characters.
    Name(String),
    /// Two policies have this name.
    Duplicate(String),
    /// The policy of this name has a burst, which only a token bucket can keep.
    Burst(String),
}

impl Plan {
    /// A plan of these policies.
    ///
    /// # Errors
    /// If there are none or more than [`MAX_POLICIES`], if a name is impossible or stands twice, or
    /// if a burst is asked of an algorithm that has none.
    pub fn new(
        name: impl Into<Cow<'static, str>>,
        policies: impl IntoIterator<Item = Policy>,
    ) -> Result<Self, PlanError> {
        let policies: Box<[Policy]> = policies.into_iter().take(MAX_POLICIES + 1).collect();
        match policies.len() {
            0 => return Err(PlanError::Empty),
            1..=MAX_POLICIES => {}
            _ => return Err(PlanError::TooMany),
        }
        for (i, policy) in policies.iter().enumerate() {
            validate(policy)?;
            if policies[..i].iter().any(|p| p.name() == policy.name()) {
                return Err(PlanError::Duplicate(policy.name().to_owned()));
            }
        }
        Ok(Self::unchecked(name.into(), policies))
    }

    /// The name of the tier. It is for people: state follows the [policies](Policy).
    #[must_use]
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// The policies, in the order in which they were given.
    #[must_use]
    pub fn policies(&self) -> &[Policy] {
        &self.0.policies
    }

    /// Whether one of the policies is a cap on concurrency.
    #[must_use]
    pub fn has_concurrency(&self) -> bool {
        self.0.concurrency
    }

    /// A plan that holds nobody back.
    pub(crate) fn unlimited() -> Self {
        Self::unchecked("unlimited".into(), Box::new([]))
    }

    fn unchecked(name: Cow<'static, str>, policies: Box<[Policy]>) -> Self {
        let concurrency = policies.iter().any(Policy::is_concurrency);
        Self(Arc::new(Inner {
            name,
            policies,
            concurrency,
        }))
    }
}

impl From<Quota> for Plan {
    /// A plan `"default"` of one token bucket `"default"`.
    fn from(quota: Quota) -> Self {
        Self::unchecked("default".into(), [Policy::gcra("default", quota)].into())
    }
}

impl TryFrom<Policy> for Plan {
    type Error = PlanError;

    /// A plan of one policy, with the policy's name.
    fn try_from(policy: Policy) -> Result<Self, PlanError> {
        Self::new(policy.name().to_owned(), [policy])
    }
}

impl fmt::Debug for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Plan")
            .field("name", &self.0.name)
            .field("policies", &self.0.policies)
            .finish()
    }
}

fn validate(policy: &Policy) -> Result<(), PlanError> {
    for text in [Some(policy.name()), policy.unit()].into_iter().flatten() {
        let printable = text.bytes().all(|b| (0x20..0x7f).contains(&b));
        if text.is_empty() || text.len() > 64 || !printable {
            return Err(PlanError::Name(text.to_owned()));
        }
    }
    match policy.quota() {
        Some(quota)
            if policy.algorithm() != Algorithm::Gcra && quota.burst_size() != quota.limit() =>
        {
            Err(PlanError::Burst(policy.name().to_owned()))
        }
        _ => Ok(()),
    }
}

impl fmt::Display for PlanError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("a plan needs at least one policy"),
            Self::TooMany => write!(f, "a plan has at most {MAX_POLICIES} policies"),
            Self::Name(name) => write!(
                f,
                "{name:?} is not a name: use 1 to 64 printable ASCII characters"
            ),
            Self::Duplicate(name) => write!(f, "two policies are called {name:?}"),
            Self::Burst(name) => write!(
                f,
                "policy {name:?} has a burst, which only the algorithm gcra can keep"
            ),
        }
    }
}

impl std::error::Error for PlanError {}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Quota = Quota::per_minute(60);

    #[track_caller]
    fn refuses(policies: impl IntoIterator<Item = Policy>, expected: PlanError) {
        assert_eq!(Plan::new("p", policies), Err(expected));
    }

    #[test]
    fn what_cannot_be_kept_is_not_a_plan() {
        let gcra = |name: &'static str| Policy::gcra(name, MINUTE);
        refuses([], PlanError::Empty);
        refuses((0..9).map(|_| gcra("a")), PlanError::TooMany);
        refuses([gcra("")], PlanError::Name(String::new()));
        refuses([gcra("a\n")], PlanError::Name("a\n".into()));
        refuses([gcra("é")], PlanError::Name("é".into()));
        refuses([gcra("a").with_unit("")], PlanError::Name(String::new()));
        refuses([gcra("a"), gcra("a")], PlanError::Duplicate("a".into()));
        let burst = Policy::sliding_log("log", MINUTE.burst(61));
        refuses([burst], PlanError::Burst("log".into()));
    }

    #[test]
    fn a_quota_alone_is_a_token_bucket() {
        let plan = Plan::from(MINUTE);
        assert_eq!(plan.policies(), [Policy::gcra("default", MINUTE)]);
        assert!(!plan.has_concurrency());
    }
}
