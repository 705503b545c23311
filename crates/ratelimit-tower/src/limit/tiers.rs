//! Who has which plan, where that changes while the service runs: an upgrade, a customer's own number.
//!
//! State follows the key and not the plan, so whoever is moved keeps what was spent: 60 of 60 becomes 540
//! left of 600, at once and for every clone of the layer.
//!
//! Keys are kept as the limiter's fingerprints; nothing here knows a key in the clear.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use ratelimit_core::{Check, Cost, Decision, Key, KeyHasher, Limiter, Memory, Plan, Subject};

/// The plans of callers, for [`RateLimitLayer::with_tiers`](super::RateLimitLayer::with_tiers). Clones share
/// one table, and it can be read and changed from any thread while requests are served.
///
/// ```
/// use ratelimit_core::{Memory, Plan, Policy, Quota};
/// use ratelimit_tower::{key, limit::{RateLimitLayer, Tiers}};
///
/// let minute = |limit| Plan::try_from(Policy::sliding_log("minute", Quota::per_minute(limit)));
/// let (free, pro) = (minute(60)?, minute(600)?);
///
/// let tiers = Tiers::new(Memory::new());
/// tiers.set("tok_alice", free.clone());
/// let layer = RateLimitLayer::with_limiter(tiers.limiter().clone(), free)
///     .with_key(key::bearer)
///     .with_tiers(tiers.clone());
///
/// tiers.set("tok_alice", pro); // an upgrade: what was spent stays spent
/// let state = tiers.explain("tok_alice", 1).expect("she has a plan");
/// for policy in state.policies() {
///     println!("{}: {} of {} used", policy.name(), policy.used(), policy.limit());
/// }
/// tiers.reset("tok_alice"); // and now it is forgotten
/// # Ok::<(), ratelimit_core::PlanError>(())
/// ```
#[derive(Clone)]
pub struct Tiers<L = Memory> {
    limiter: L,
    plans: Arc<RwLock<HashMap<Key, Plan>>>,
}

/// What names a caller to [`Tiers`]: a text, which is the key that [`key::bearer`](crate::key::bearer) and
/// [`key::header`](crate::key::header) find, or the [`Key`] that another hook writes.
pub trait AsKey {
    /// The key under this limiter's secret.
    fn as_key(&self, hasher: &KeyHasher) -> Key;
}

impl AsKey for str {
    fn as_key(&self, hasher: &KeyHasher) -> Key {
        hasher.sink().text(self).key()
    }
}

impl AsKey for String {
    fn as_key(&self, hasher: &KeyHasher) -> Key {
        self.as_str().as_key(hasher)
    }
}

impl AsKey for Key {
    fn as_key(&self, _: &KeyHasher) -> Key {
        *self
    }
}

impl<L: Limiter> Tiers<L> {
    /// Nobody has a plan yet. `limiter` is the one that counts: the layer must have the same.
    #[must_use]
    pub fn new(limiter: L) -> Self {
        Self {
            limiter,
            plans: Arc::default(),
        }
    }

    /// The limiter that counts.
    #[must_use]
    pub fn limiter(&self) -> &L {
        &self.limiter
    }

    /// Gives a caller this plan from now on, and returns the former one. What was spent stays spent under
    /// the policies of the same name and [kind](ratelimit_core::Policy).
    pub fn set(&self, key: &(impl AsKey + ?Sized), plan: impl Into<Plan>) -> Option<Plan> {
        let (key, plan) = (self.key(key), plan.into());
        self.write().insert(key, plan)
    }

    /// Takes a caller's plan away: its key is not known any more. What was spent is remembered for when it
    /// comes back.
    pub fn remove(&self, key: &(impl AsKey + ?Sized)) -> Option<Plan> {
        let key = self.key(key);
        self.write().remove(&key)
    }

    /// The plan of a caller.
    #[must_use]
    pub fn plan(&self, key: &(impl AsKey + ?Sized)) -> Option<Plan> {
        let key = self.key(key);
        self.read().get(&key).cloned()
    }

    /// How many callers have a plan.
    #[must_use]
    pub fn len(&self) -> usize {
        self.read().len()
    }

    /// Whether nobody has a plan.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The key of a caller under the limiter's secret.
    #[must_use]
    pub fn key(&self, key: &(impl AsKey + ?Sized)) -> Key {
        key.as_key(self.limiter.hasher())
    }

    fn read(&self) -> RwLockReadGuard<'_, HashMap<Key, Plan>> {
        // A map is changed by one call: a panic elsewhere leaves nothing half done.
        self.plans.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, HashMap<Key, Plan>> {
        self.plans.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Tiers<Memory> {
    /// What a request of this cost would be told, and how each policy of the caller's plan stands: what is
    /// used, what remains, when it resets. Changes nothing. `None` if the caller has no plan.
    ///
    /// What endpoints and [further keys](super::Also) count is not part of the caller's plan.
    #[must_use]
    pub fn explain<'c>(
        &self,
        key: &(impl AsKey + ?Sized),
        cost: impl Into<Cost<'c>>,
    ) -> Option<Decision> {
        let (key, plan) = (self.key(key), self.plan(key)?);
        let subject = Subject { key, plan: &plan };
        match self.limiter.peek(&[subject], cost.into()) {
            Check::Done(Ok(verdict)) => Some(verdict.decision.into_owned()),
            Check::Done(Err(never)) => match never {},
            // Memory never waits.
            Check::Wait(_) => None,
        }
    }

    /// Forgets what a caller spent under its plan; permits that are held stay held. Whether it has a plan.
    pub fn reset(&self, key: &(impl AsKey + ?Sized)) -> bool {
        let Some(plan) = self.plan(key) else {
            return false;
        };
        let key = self.key(key);
        matches!(
            self.limiter.reset(&[Subject { key, plan: &plan }]),
            Check::Done(Ok(_))
        )
    }
}

impl<L: Limiter> std::fmt::Debug for Tiers<L> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tiers")
            .field("callers", &self.len())
            .finish_non_exhaustive()
    }
}
