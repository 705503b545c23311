//! Further keys of one request: the token **and** the address.

#![expect(
    clippy::result_large_err,
    reason = "a rejection ends a request, so it is moved once"
)]

use std::sync::Arc;

use ratelimit_core::{Key, KeyHasher, KeySink, MAX_SUBJECTS, Plan, Scope, Subject};

use super::caller::MakeKey;
use super::rejection::Rejection;
use crate::head::Head;

/// How many there may be: with the caller's own plan and that of an endpoint, as many as one check
/// can name.
pub(super) const MAX_ALSO: usize = MAX_SUBJECTS - 2;

/// A plan that binds each request by another key than the caller's, beside the caller's own plan: all
/// of them are charged, or none.
///
/// What is counted here is apart from what the caller's own plan counts, whatever the policies are
/// called. The headers state all of them, so their names should differ.
///
/// ```
/// use ratelimit_core::{Plan, Policy, Quota};
/// use ratelimit_tower::{key, limit::{Also, RateLimitLayer}};
///
/// let by_token = Plan::new("free", [Policy::sliding_log("hour", Quota::per_hour(100))])?;
/// let by_address = Plan::new("address", [Policy::sliding_log("address-hour", Quota::per_hour(500))])?;
/// let layer = RateLimitLayer::new(by_token)
///     .with_key(key::bearer)
///     .with_also(Also::by_address(by_address));
/// # Ok::<(), ratelimit_core::PlanError>(())
/// ```
#[derive(Clone)]
pub struct Also {
    scope: Scope,
    by: By,
    plan: Plan,
}

#[derive(Clone)]
enum By {
    Address,
    Key(MakeKey),
}

impl Also {
    /// Binds by the client's address (see [`Head::client_ip`]), an IPv6 address by its /64.
    ///
    /// Where nobody says what the address is, the answer is a 500 that says so: see
    /// [`RateLimitLayer::with_peer`](super::RateLimitLayer::with_peer).
    #[must_use]
    pub fn by_address(plan: impl Into<Plan>) -> Self {
        Self {
            scope: Scope::new("also by address"),
            by: By::Address,
            plan: plan.into(),
        }
    }

    /// Binds by what a hook writes. `name` tells its state from that of others; a new name begins anew.
    ///
    /// Danger: a request for which the hook says that there is no key is not bound by this plan.
    #[must_use]
    pub fn by<F>(name: &str, key: F, plan: impl Into<Plan>) -> Self
    where
        F: Fn(&Head<'_>, &mut KeySink) -> bool + Send + Sync + 'static,
    {
        Self {
            scope: Scope::new("also by key").within(name),
            by: By::Key(Arc::new(key)),
            plan: plan.into(),
        }
    }

    /// What of it binds this request; `None` if nothing does.
    pub(super) fn subject(
        &self,
        head: &Head<'_>,
        hasher: &KeyHasher,
    ) -> Result<Option<Subject<'_>>, Rejection> {
        let key = match &self.by {
            By::Address => Some(head.anonymous(hasher).ok_or(Rejection::NoAddress)?),
            By::Key(write) => written(write, head, hasher),
        };
        Ok(key.map(|key| Subject {
            key: key.within(self.scope),
            plan: &self.plan,
        }))
    }
}

fn written(write: &MakeKey, head: &Head<'_>, hasher: &KeyHasher) -> Option<Key> {
    let mut sink = hasher.sink();
    (write(head, &mut sink) && !sink.is_empty()).then(|| sink.key())
}

impl std::fmt::Debug for Also {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Also")
            .field("plan", &self.plan)
            .finish_non_exhaustive()
    }
}
