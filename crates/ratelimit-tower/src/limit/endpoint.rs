//! Plans of endpoints: what binds a caller on some paths only.

use http::Method;
use ratelimit_core::{Key, Plan, Scope, Subject};

use crate::head::Head;
use crate::path::PathPrefix;

/// A plan that binds each caller on the paths under a prefix, beside the plan of the caller or
/// instead of it.
///
/// ```
/// use ratelimit_core::{Plan, Policy};
/// use ratelimit_tower::limit::Endpoint;
///
/// let cap = Plan::new("chat", [Policy::concurrency("chat-at-once", 10)])?;
/// let chat = Endpoint::new("/api/v1/mave/chat", cap);
/// # Ok::<(), ratelimit_core::PlanError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Endpoint {
    prefix: PathPrefix,
    scope: Scope,
    method: Option<Method>,
    plan: Plan,
    instead: bool,
}

impl Endpoint {
    /// Binds callers by `plan` under `prefix`, beside their own plan: both or nothing.
    ///
    /// A prefix covers whole segments, and every spelling of a path that a service may take for it.
    /// What a caller spends here is counted apart from what is spent elsewhere, whatever the policies
    /// are called.
    #[must_use]
    pub fn new(prefix: &str, plan: Plan) -> Self {
        Self {
            prefix: PathPrefix::new(prefix),
            scope: Scope::new(prefix),
            method: None,
            plan,
            instead: false,
        }
    }

    /// Only for requests of this method.
    #[must_use]
    pub fn with_method(mut self, method: Method) -> Self {
        self.scope = self.scope.within(method.as_str());
        self.method = Some(method);
        self
    }

    /// Instead of the caller's own plan.
    #[must_use]
    pub fn instead(mut self) -> Self {
        self.instead = true;
        self
    }

    /// What binds this caller here.
    #[inline]
    pub(super) fn subject(&self, caller: Key) -> Subject<'_> {
        Subject {
            key: caller.within(self.scope),
            plan: &self.plan,
        }
    }

    pub(super) fn is_instead(&self) -> bool {
        self.instead
    }

    fn covers(&self, head: &Head<'_>) -> bool {
        let method = self.method.as_ref();
        method.is_none_or(|method| method == head.method()) && self.prefix.covers(head.path())
    }

    /// Of two that cover a request, the one with the longer prefix binds, then the one that names a
    /// method.
    fn rank(&self) -> (usize, bool) {
        (self.prefix.len(), self.method.is_some())
    }
}

/// The endpoint that binds a request.
pub(super) fn find<'e>(endpoints: &'e [Endpoint], head: &Head<'_>) -> Option<&'e Endpoint> {
    let covering = endpoints.iter().filter(|e| e.covers(head));
    covering.max_by_key(|e| e.rank())
}
