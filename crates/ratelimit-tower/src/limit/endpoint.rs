//! Plans of endpoints: what binds a caller on some paths only.

use http::{HeaderName, Method};
use ratelimit_core::{Key, Plan, Scope, Subject};

use super::mark::Mark;
use crate::head::Head;
use crate::path::PathPrefix;

/// A plan that binds each caller on the paths under a prefix, beside the plan of the caller or
/// instead of it.
///
/// Of several that cover a request **one binds**, the most specific: the one with the longest prefix,
/// of those the one that names a method, then the one that asks for more headers, then the one that asks
/// for more values of headers. Of two that are as specific it is the one that was added last.
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
    /// The state of what is spent here is told from that elsewhere by all conditions.
    scope: Scope,
    of_prefix: Scope,
    method: Option<Method>,
    /// In the order of their scopes, so that it does not matter in which order they were named.
    marks: Vec<Mark>,
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
            of_prefix: Scope::new(prefix),
            method: None,
            marks: Vec::new(),
            plan,
            instead: false,
        }
    }

    /// Only for requests of this method.
    #[must_use]
    pub fn with_method(mut self, method: Method) -> Self {
        self.method = Some(method);
        self.scoped()
    }

    /// Only for requests that have this header with exactly this value; of several lines, in one of them.
    /// What they spend is counted apart from what is spent under the prefix without it. Called twice, both
    /// are needed.
    ///
    /// Danger: whoever may choose a header may leave it out. So this protects nothing by itself:
    /// - beside the caller's plan it is a cap for those who say honestly that they have time, such as a
    ///   background job of your own. Whoever does not say so is bound by the plan alone, so that must be
    ///   enough by itself;
    /// - [`instead`](Self::instead) of it, a caller who says so gets this plan as well as the own one, apart from
    ///   it: no caller may set such a header whom you do not trust. Let a proxy remove or set it.
    ///
    /// A longer prefix of another endpoint comes first: it covers marked requests too. A cap for what is
    /// marked, wherever it goes, is an [`Also`](super::Also) whose hook looks at the header.
    ///
    /// ```
    /// use http::HeaderName;
    /// use ratelimit_core::{Plan, Policy};
    /// use ratelimit_tower::limit::Endpoint;
    ///
    /// let cap = Plan::new("background", [Policy::concurrency("background-at-once", 2)])?;
    /// let mark = HeaderName::from_static("x-background");
    /// let background = Endpoint::new("/", cap).with_header(mark, "true");
    /// # Ok::<(), ratelimit_core::PlanError>(())
    /// ```
    #[must_use]
    pub fn with_header(self, name: HeaderName, value: &str) -> Self {
        self.marked(Mark::new(name, Some(value)))
    }

    /// Only for requests that have this header, whatever its value. The dangers are those of
    /// [`with_header`](Self::with_header).
    #[must_use]
    pub fn with_header_present(self, name: HeaderName) -> Self {
        self.marked(Mark::new(name, None))
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

    fn marked(mut self, mark: Mark) -> Self {
        self.marks.push(mark);
        self.marks.sort_by_key(Mark::scope);
        self.marks.dedup();
        self.scoped()
    }

    fn scoped(mut self) -> Self {
        let method = self.method.as_ref();
        let of_method = method.map_or(self.of_prefix, |m| self.of_prefix.within(m.as_str()));
        let marks = self.marks.iter();
        self.scope = marks.fold(of_method, |scope, mark| scope.within(&mark.scope()));
        self
    }

    fn covers(&self, head: &Head<'_>) -> bool {
        let method = self.method.as_ref();
        method.is_none_or(|method| method == head.method())
            && self.prefix.covers(head.path())
            && self.marks.iter().all(|mark| mark.is_on(head))
    }

    /// What is greater is more specific.
    fn rank(&self) -> (usize, bool, usize, usize) {
        let values = self.marks.iter().filter(|mark| mark.has_value());
        (
            self.prefix.len(),
            self.method.is_some(),
            self.marks.len(),
            values.count(),
        )
    }
}

/// The endpoint that binds a request.
pub(super) fn find<'e>(endpoints: &'e [Endpoint], head: &Head<'_>) -> Option<&'e Endpoint> {
    let covering = endpoints.iter().filter(|e| e.covers(head));
    covering.max_by_key(|e| e.rank())
}
