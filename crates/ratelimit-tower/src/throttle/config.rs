//! What a throttle is told.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use ratelimit_core::wait::{Priority, Settings};
use ratelimit_core::{KeySink, Plan, Policy};

use super::learn::Lessons;
use crate::client::Outgoing;

pub(super) type KeyHook = dyn Fn(&Outgoing<'_>, &mut KeySink) -> bool + Send + Sync;
pub(super) type CostHook = dyn Fn(&Outgoing<'_>) -> u32 + Send + Sync;
pub(super) type PriorityHook = dyn Fn(&Outgoing<'_>) -> Priority + Send + Sync;

/// Everything but the state.
#[derive(Clone)]
pub(super) struct Config {
    pub(super) plan: Plan,
    pub(super) settings: Settings,
    pub(super) endpoints: Vec<Endpoint>,
    pub(super) key: Arc<KeyHook>,
    pub(super) cost: Option<Arc<CostHook>>,
    pub(super) priority: Option<Arc<PriorityHook>>,
    pub(super) max_wait: Option<Duration>,
    pub(super) max_keys: usize,
    pub(super) lessons: Lessons,
}

/// A plan for the paths under a prefix.
#[derive(Clone, Debug)]
pub(super) struct Endpoint {
    prefix: String,
    plan: Plan,
}

impl Config {
    pub(super) fn new(plan: Plan) -> Self {
        Self {
            plan,
            settings: Settings::new(),
            endpoints: Vec::new(),
            key: Arc::new(host),
            cost: None,
            priority: None,
            max_wait: None,
            max_keys: 1024,
            lessons: Lessons::default(),
        }
    }

    /// The plan that binds a request, and the endpoint that it is of.
    pub(super) fn plan_of(&self, path: &str) -> (&Plan, Option<usize>) {
        let all = self.endpoints.iter().enumerate();
        let mine = all.filter(|(_, endpoint)| endpoint.covers(path));
        match mine.max_by_key(|(_, endpoint)| endpoint.prefix.len()) {
            Some((i, endpoint)) => (&endpoint.plan, Some(i)),
            None => (&self.plan, None),
        }
    }
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config")
            .field("plan", &self.plan)
            .field("settings", &self.settings)
            .field("endpoints", &self.endpoints)
            .field("max_wait", &self.max_wait)
            .field("lessons", &self.lessons)
            .finish_non_exhaustive()
    }
}

impl Endpoint {
    pub(super) fn new(prefix: &str, plan: Plan) -> Self {
        let prefix = prefix.trim_end_matches('/').to_owned();
        Self { prefix, plan }
    }

    /// Whole segments only: `/chat` covers `/chat/1` and not `/chats`.
    fn covers(&self, path: &str) -> bool {
        let rest = path.strip_prefix(&self.prefix);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }
}

/// One gate per host and port; requests that name no host share one.
pub(super) fn host(request: &Outgoing<'_>, key: &mut KeySink) -> bool {
    let host = request.host().unwrap_or_default();
    key.text(host.to_ascii_lowercase());
    key.number(request.port().map_or(0, u64::from));
    true
}

/// The plan with one more policy.
#[track_caller]
pub(super) fn with_cap(plan: &Plan, cap: u32) -> Plan {
    let cap = Policy::concurrency("in-flight", cap);
    let policies = plan.policies().iter().cloned().chain([cap]);
    match Plan::new(plan.name().to_owned(), policies) {
        Ok(plan) => plan,
        Err(error) => panic!("the plan has no room for a cap on concurrency: {error}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ratelimit_core::Quota;

    #[test]
    fn the_longest_prefix_of_whole_segments_wins() {
        let plan = |n| Plan::from(Quota::per_second(n));
        let mut config = Config::new(plan(1));
        config.endpoints.push(Endpoint::new("/chat", plan(2)));
        config.endpoints.push(Endpoint::new("/chat/deep/", plan(3)));
        let of = |path| config.plan_of(path).1;
        assert_eq!(of("/chats"), None);
        assert_eq!(of("/chat"), Some(0));
        assert_eq!(of("/chat/1"), Some(0));
        assert_eq!(of("/chat/deep/1"), Some(1));
        assert_eq!(of("/"), None);
    }
}
