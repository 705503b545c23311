//! Whom a request is charged to, and under which plan.
//!
//! Danger: every way of saying "I do not know who this is" must lead to an explicit place. Without a
//! key, and with a key that nobody knows, a request is by default charged to its address, so that
//! inventing keys buys nothing and fills no memory.

#![expect(
    clippy::result_large_err,
    reason = "a rejection ends a request, so it is moved once"
)]

use std::borrow::Cow;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use ratelimit_core::{Key, KeyHasher, KeySink, Plan};

use super::rejection::Rejection;
use crate::BoxError;
use crate::head::Head;

pub(super) type MakeKey = Arc<dyn Fn(&Head<'_>, &mut KeySink) -> bool + Send + Sync>;
pub(super) type FindPlan = Arc<dyn Fn(&Head<'_>) -> Option<Plan> + Send + Sync>;
pub(super) type LookIn = Arc<dyn Fn(&Key) -> Option<Plan> + Send + Sync>;
pub(super) type LookUp = Arc<dyn Fn(&Head<'_>) -> PlanFuture + Send + Sync>;

/// A plan that is being looked up.
pub(super) type PlanFuture =
    Pin<Box<dyn Future<Output = Result<Option<Plan>, BoxError>> + Send + 'static>>;

/// What happens to a request without a key, or with a key that has no plan.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Anonymous {
    /// It is charged to the client's address, under this plan. The default, with the layer's plan.
    ByAddress(Plan),
    /// All of them together are one caller, under this plan.
    Together(Plan),
    /// It is refused with 401.
    Refuse,
    /// It passes, unlimited.
    Pass,
}

/// Where the plan of a caller with a key comes from.
#[derive(Clone)]
pub(super) enum Plans {
    Same,
    Find(FindPlan),
    Table(LookIn),
    LookUp(LookUp),
}

/// Whom a request is charged to.
pub(super) enum Caller<'c> {
    Known { key: Key, plan: Cow<'c, Plan> },
    Pending { key: Key, plan: PlanFuture },
    Pass,
}

#[derive(Clone)]
pub(super) struct Callers {
    pub(super) plan: Plan,
    pub(super) key: Option<MakeKey>,
    pub(super) plans: Plans,
    pub(super) anonymous: Option<Anonymous>,
    pub(super) unknown: Option<Anonymous>,
}

impl Callers {
    pub(super) fn new(plan: Plan) -> Self {
        Self {
            plan,
            key: None,
            plans: Plans::Same,
            anonymous: None,
            unknown: None,
        }
    }

    /// Whom the request is charged to.
    #[inline(always)]
    pub(super) fn find<'c>(
        &'c self,
        head: &Head<'_>,
        hasher: &KeyHasher,
    ) -> Result<Caller<'c>, Rejection> {
        let Some(make_key) = &self.key else {
            return self.by_address(head, &self.plan, hasher);
        };
        let mut sink = hasher.sink();
        if !make_key(head, &mut sink) || sink.is_empty() {
            return self.anonymous(head, hasher);
        }
        let key = sink.key();
        match &self.plans {
            Plans::Same => Ok(Caller::Known {
                key,
                plan: Cow::Borrowed(&self.plan),
            }),
            Plans::Find(find) => match find(head) {
                Some(plan) => Ok(Caller::Known {
                    key,
                    plan: Cow::Owned(plan),
                }),
                None => self.unknown(head, hasher),
            },
            Plans::Table(table) => match table(&key) {
                Some(plan) => Ok(Caller::Known {
                    key,
                    plan: Cow::Owned(plan),
                }),
                None => self.unknown(head, hasher),
            },
            Plans::LookUp(look_up) => Ok(Caller::Pending {
                key,
                plan: look_up(head),
            }),
        }
    }

    /// Whom a request is charged to whose key has no plan.
    #[inline(never)]
    pub(super) fn unknown<'c>(
        &'c self,
        head: &Head<'_>,
        hasher: &KeyHasher,
    ) -> Result<Caller<'c>, Rejection> {
        let rule = self.unknown.as_ref().or(self.anonymous.as_ref());
        self.follow(rule, Rejection::UnknownKey, head, hasher)
    }

    #[inline(never)]
    fn anonymous<'c>(
        &'c self,
        head: &Head<'_>,
        hasher: &KeyHasher,
    ) -> Result<Caller<'c>, Rejection> {
        self.follow(self.anonymous.as_ref(), Rejection::MissingKey, head, hasher)
    }

    fn follow<'c>(
        &'c self,
        rule: Option<&'c Anonymous>,
        refusal: Rejection,
        head: &Head<'_>,
        hasher: &KeyHasher,
    ) -> Result<Caller<'c>, Rejection> {
        let Some(rule) = rule else {
            return self.by_address(head, &self.plan, hasher);
        };
        match rule {
            Anonymous::ByAddress(plan) => self.by_address(head, plan, hasher),
            Anonymous::Together(plan) => Ok(Caller::Known {
                key: hasher.sink().anonymous().key(),
                plan: Cow::Borrowed(plan),
            }),
            Anonymous::Refuse => Err(refusal),
            Anonymous::Pass => Ok(Caller::Pass),
        }
    }

    #[inline(always)]
    fn by_address<'c>(
        &'c self,
        head: &Head<'_>,
        plan: &'c Plan,
        hasher: &KeyHasher,
    ) -> Result<Caller<'c>, Rejection> {
        Ok(Caller::Known {
            key: head.anonymous(hasher).ok_or(Rejection::NoAddress)?,
            plan: Cow::Borrowed(plan),
        })
    }
}
