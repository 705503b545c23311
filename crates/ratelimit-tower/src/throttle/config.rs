//! What a throttle is told.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use ratelimit_core::adapt::Pace;
use ratelimit_core::wait::{Priority, Settings};
use ratelimit_core::{KeySink, Plan, Policy};

use super::costs::Costs;
use super::learn::Lessons;
use crate::client::Outgoing;
use crate::observe::{LowWatch, Observers};
use crate::path::PathPrefix;

pub(super) type KeyHook = dyn Fn(&Outgoing<'_>, &mut KeySink) -> bool + Send + Sync;
pub(super) type PriorityHook = dyn Fn(&Outgoing<'_>) -> Priority + Send + Sync;

/// Everything but the state.
#[derive(Clone)]
pub(super) struct Config {
    pub(super) rule: Rule,
    /// The plan without the cap.
    plan: Option<Plan>,
    cap: Option<u32>,
    /// Learns from headers when the next may go, at this pace.
    pub(super) adaptive: Option<Pace>,
    pub(super) settings: Settings,
    pub(super) endpoints: Vec<Endpoint>,
    pub(super) key: Arc<KeyHook>,
    pub(super) costs: Costs,
    pub(super) priority: Option<Arc<PriorityHook>>,
    pub(super) max_wait: Option<Duration>,
    pub(super) max_keys: usize,
    pub(super) lessons: Lessons,
    pub(super) observers: Observers,
    pub(super) low: Arc<LowWatch>,
}

/// A plan, and what its gates are found by.
///
/// The number is another whenever something was set that a gate is made of: so a layer that was
/// cloned and then changed never gets a gate that was made for what the other one allows.
#[derive(Clone, Debug)]
pub(super) struct Rule {
    pub(super) id: u64,
    /// None: only what is learnt binds.
    pub(super) plan: Option<Plan>,
}

/// A plan for the paths under a prefix.
#[derive(Clone, Debug)]
pub(super) struct Endpoint {
    prefix: PathPrefix,
    rule: Rule,
}

impl Config {
    pub(super) fn new(plan: Option<Plan>) -> Self {
        let lessons = Lessons::default();
        Self {
            rule: Rule::new(plan.clone()),
            plan,
            cap: None,
            adaptive: None,
            settings: Settings::new(),
            endpoints: Vec::new(),
            key: Arc::new(host),
            costs: Costs::default(),
            priority: None,
            max_wait: None,
            max_keys: 1024,
            lessons,
            observers: Observers::default(),
            low: Arc::default(),
        }
    }

    /// No plan, but what is learnt.
    pub(super) fn adaptive() -> Self {
        let mut config = Self::new(None);
        config.adaptive = Some(Pace::default());
        // Strangers on one key are refused together, and nothing but this keeps them from coming back
        // together: what is spread is all of the first seconds.
        config.lessons.jitter = Duration::from_secs(5);
        config.lessons.jitter_part = 100;
        config
    }

    /// What gates are made with. The random part of a pause is no reason not to wait for it: a stated hour is an hour.
    pub(super) fn gate_settings(&self) -> Settings {
        let Lessons {
            longest_pause,
            jitter,
            ..
        } = self.lessons;
        self.settings
            .with_longest_pause(longest_pause.saturating_add(jitter))
    }

    /// What binds a request: of two endpoints under the same prefix, the one that was set last.
    pub(super) fn rule_of(&self, path: &str) -> &Rule {
        let mine = self.endpoints.iter().filter(|e| e.prefix.covers(path));
        let longest = mine.max_by_key(|endpoint| endpoint.prefix.len());
        longest.map_or(&self.rule, |endpoint| &endpoint.rule)
    }

    #[track_caller]
    pub(super) fn set_plan(&mut self, plan: Plan) {
        self.plan = Some(plan);
        self.compose();
    }

    #[track_caller]
    pub(super) fn set_cap(&mut self, cap: u32) {
        self.cap = Some(cap);
        self.compose();
    }

    #[track_caller]
    fn compose(&mut self) {
        let plan = self.plan.as_ref();
        self.rule = Rule::new(match self.cap {
            Some(cap) => Some(with_cap(plan, cap)),
            None => plan.cloned(),
        });
    }

    /// New gates for everything, because all of them are made otherwise from now on.
    pub(super) fn renew(&mut self) {
        let endpoints = self.endpoints.iter_mut().map(|endpoint| &mut endpoint.rule);
        for rule in endpoints.chain([&mut self.rule]) {
            rule.id = next_id();
        }
    }
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config")
            .field("plan", &self.rule.plan)
            .field("adaptive", &self.adaptive)
            .field("settings", &self.settings)
            .field("endpoints", &self.endpoints)
            .field("max_wait", &self.max_wait)
            .field("lessons", &self.lessons)
            .field("observers", &self.observers)
            .finish_non_exhaustive()
    }
}

impl Endpoint {
    pub(super) fn new(prefix: &str, plan: Plan) -> Self {
        Self {
            prefix: PathPrefix::new(prefix),
            rule: Rule::new(Some(plan)),
        }
    }
}

impl Rule {
    pub(super) fn new(plan: Option<Plan>) -> Self {
        let id = next_id();
        Self { id, plan }
    }
}

fn next_id() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// One gate per host and port; requests that name no host share one. The scheme does not count: a
/// server hardly has one quota for `http` and another for `https`.
pub(super) fn host(request: &Outgoing<'_>, key: &mut KeySink) -> bool {
    let host = request.host().unwrap_or_default();
    // A name that says that it is complete is the same name.
    let host = host.strip_suffix('.').unwrap_or(host);
    key.text(host.to_ascii_lowercase());
    key.number(request.port().map_or(0, u64::from));
    true
}

/// The plan with one more policy.
#[track_caller]
fn with_cap(plan: Option<&Plan>, cap: u32) -> Plan {
    let cap = Policy::concurrency("in-flight", cap);
    let policies = plan.map_or(&[][..], Plan::policies);
    let name = plan.map_or("in-flight", Plan::name).to_owned();
    match Plan::new(name, policies.iter().cloned().chain([cap])) {
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
        let mut config = Config::new(Some(plan(1)));
        config.endpoints.push(Endpoint::new("/chat", plan(2)));
        config.endpoints.push(Endpoint::new("/chat/deep/", plan(3)));
        let of = |config: &Config, path: &str| {
            config.rule_of(path).plan.as_ref().unwrap().policies()[0].limit()
        };
        assert_eq!(of(&config, "/chats"), 1);
        assert_eq!(of(&config, "/chat"), 2);
        assert_eq!(of(&config, "/chat/1"), 2);
        assert_eq!(of(&config, "/chat/deep/1"), 3);
        assert_eq!(of(&config, "/"), 1);
        config.endpoints.push(Endpoint::new("/chat", plan(4)));
        assert_eq!(of(&config, "/chat"), 4);
    }
}
