//! Naive models of what each algorithm promises, and the walk that holds a limiter to them.
//!
//! A model keeps every charge as a time and a number of units, and answers by going through all of
//! them (the bucket drains a level step by step). None shares a line or an idea with the limiters.
#![allow(dead_code, reason = "each test crate uses a part of it")]

use std::time::Duration;

use proptest::prelude::*;
use ratelimit_core::{
    Clock, Decision, Direct, KeyHasher, ManualClock, Memory, MemoryBuilder, Plan, Policy, Quota,
    Reason,
};

pub(crate) const MS: u64 = 1_000_000;
pub(crate) const SECOND: u64 = 1_000 * MS;
pub(crate) const MINUTE: u64 = 60 * SECOND;
pub(crate) const DAY: u64 = 24 * 60 * MINUTE;
pub(crate) const LONGEST: u64 = 366 * DAY;

pub(crate) fn ns(nanos: u64) -> Duration {
    Duration::from_nanos(nanos)
}

pub(crate) fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

pub(crate) fn quota(limit: u32, window: u64) -> Quota {
    Quota::new(limit, ns(window)).unwrap()
}

pub(crate) fn window_of(quota: Quota) -> u64 {
    u64::try_from(quota.window().as_nanos()).unwrap()
}

pub(crate) fn plan(policies: impl IntoIterator<Item = Policy>) -> Plan {
    Plan::new("plan", policies).unwrap()
}

/// The same limit for each day of a zone, whatever the window: as a quota by the calendar, where those
/// are built.
#[cfg(feature = "calendar")]
pub(crate) const BY_DAY: Option<fn(&'static str, Quota) -> Policy> = Some(|name, quota| {
    let days = ratelimit_core::Calendar::daily("Asia/Tokyo").unwrap();
    Policy::calendar(name, quota.limit(), days)
});
#[cfg(not(feature = "calendar"))]
pub(crate) const BY_DAY: Option<fn(&'static str, Quota) -> Policy> = None;

/// A store whose keys always fall into the same places.
pub(crate) fn store() -> MemoryBuilder {
    Memory::builder().hasher(KeyHasher::with_secret(&[7; 16]))
}

pub(crate) fn stopped_store() -> (Memory, ManualClock) {
    let clock = ManualClock::new();
    (store().capacity(1000).clock(clock.clone()).build(), clock)
}

/// Cases of a property: `cases`, unless `PROPTEST_CASES` asks for more.
pub(crate) fn cases(cases: u32) -> ProptestConfig {
    let asked = std::env::var("PROPTEST_CASES").ok();
    let asked = asked.and_then(|n| n.parse().ok());
    ProptestConfig {
        cases: asked.unwrap_or(cases),
        failure_persistence: None,
        max_shrink_iters: 400,
        ..ProptestConfig::default()
    }
}

// === What there may be ===

pub(crate) fn limits() -> impl Strategy<Value = u32> {
    prop_oneof![
        4 => 1..=12u32,
        3 => 1..=2_000u32,
        2 => 1..=u32::MAX,
        1 => Just(u32::MAX),
        1 => Just(999_999_937u32),
    ]
}

pub(crate) fn windows() -> impl Strategy<Value = u64> {
    prop_oneof![
        4 => prop::sample::select(vec![MS, SECOND, MINUTE, 60 * MINUTE, DAY, LONGEST]),
        3 => MS..=10 * SECOND,
        2 => MS..=LONGEST,
    ]
}

pub(crate) fn quotas() -> impl Strategy<Value = Quota> {
    (limits(), windows()).prop_map(|(limit, window)| quota(limit, window))
}

pub(crate) fn quotas_with_burst() -> impl Strategy<Value = Quota> {
    (
        quotas(),
        prop_oneof![3 => 1..=20u32, 2 => limits(), 2 => Just(0)],
    )
        .prop_map(|(quota, burst)| quota.try_burst(burst).unwrap_or(quota))
}

/// What happens next: how long nothing happens, and then what is asked.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Move {
    pub(crate) wait: Wait,
    pub(crate) cost: Cost,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Wait {
    None,
    /// Exactly until a refused cost fits, and so many nanoseconds more or less.
    Retry(i64),
    /// Until the next unit is free, and so many nanoseconds more or less.
    Next(i64),
    /// So many thousandths of the time a unit takes to flow back.
    Emissions(u64),
    /// So many thousandths of a window.
    Windows(u64),
    Nanos(u64),
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Cost {
    Units(u32),
    /// So many thousandths of the most that can be granted.
    Part(u32),
    /// What remains, and so many more.
    Remaining(u32),
}

pub(crate) fn moves(most: usize) -> impl Strategy<Value = Vec<Move>> {
    let wait = prop_oneof![
        3 => Just(Wait::None),
        3 => (-1..=1i64).prop_map(Wait::Retry),
        2 => (-1..=1i64).prop_map(Wait::Next),
        2 => (1..=3_000u64).prop_map(Wait::Emissions),
        2 => (1..=3_000u64).prop_map(Wait::Windows),
        1 => prop::sample::select(vec![1u64, 2, 1000, MS, SECOND]).prop_map(Wait::Nanos),
    ];
    let cost = prop_oneof![
        5 => (0..=3u32).prop_map(Cost::Units),
        1 => any::<u32>().prop_map(Cost::Units),
        3 => (0..=1_001u32).prop_map(Cost::Part),
        2 => (0..=1u32).prop_map(Cost::Remaining),
    ];
    let step = (wait, cost).prop_map(|(wait, cost)| Move { wait, cost });
    prop::collection::vec(step, 1..most)
}

impl Wait {
    pub(crate) fn nanos(self, quota: Quota, last: Option<&Decision>) -> u64 {
        let window = window_of(quota);
        let around = |after: Option<Duration>, by: i64| {
            let after = u64::try_from(after.unwrap_or_default().as_nanos()).unwrap();
            // Some waits are years; the line of the clock has room for centuries only.
            after.min(2 * LONGEST).saturating_add_signed(by)
        };
        match self {
            Self::None => 0,
            Self::Retry(by) => around(last.and_then(ratelimit_core::DecisionRef::retry_after), by),
            Self::Next(by) => around(last.and_then(|d| d.binding().next_after()), by),
            Self::Emissions(part) => thousandths(window / u64::from(quota.limit()), part),
            Self::Windows(part) => thousandths(window, part),
            Self::Nanos(nanos) => nanos,
        }
    }
}

fn thousandths(of: u64, part: u64) -> u64 {
    u64::try_from(u128::from(of) * u128::from(part) / 1000).unwrap()
}

impl Cost {
    pub(crate) fn units(self, quota: Quota, remaining: u64) -> u32 {
        match self {
            Self::Units(units) => units,
            Self::Part(part) => {
                let units = u64::from(quota.burst_size()) * u64::from(part) / 1000;
                u32::try_from(units).unwrap_or(u32::MAX)
            }
            Self::Remaining(more) => u32::try_from(remaining + u64::from(more)).unwrap_or(u32::MAX),
        }
    }
}

// === The models ===

pub(crate) trait Model {
    fn new(quota: Quota) -> Self;
    /// The most whole units that fit at `now`; below zero if there is debt.
    fn free(&self, now: u64) -> i128;
    /// Whether anything is in use.
    fn is_busy(&self, now: u64) -> bool;
    fn charge(&mut self, now: u64, units: u64);
    fn policy(name: &'static str, quota: Quota) -> Policy;
    /// The most that can ever be granted.
    fn most(quota: Quota) -> u32;

    fn remaining(&self, now: u64) -> u64 {
        u64::try_from(self.free(now).max(0)).unwrap()
    }

    fn fits(&self, now: u64, cost: u32) -> bool {
        i128::from(cost) <= self.free(now)
    }
}

/// A bucket whose level is kept in parts of a unit, as many as the window has nanoseconds.
pub(crate) struct Bucket {
    quota: Quota,
    level: u128,
    at: u64,
}

impl Bucket {
    fn level(&self, now: u64) -> u128 {
        let drained = u128::from(now - self.at) * u128::from(self.quota.limit());
        self.level.saturating_sub(drained)
    }
}

impl Model for Bucket {
    fn new(quota: Quota) -> Self {
        Self {
            quota,
            level: 0,
            at: 0,
        }
    }

    fn free(&self, now: u64) -> i128 {
        let window = i128::from(window_of(self.quota));
        let room = i128::from(self.quota.burst_size()) * window;
        (room - i128::try_from(self.level(now)).unwrap()).div_euclid(window)
    }

    fn is_busy(&self, now: u64) -> bool {
        self.level(now) > 0
    }

    fn charge(&mut self, now: u64, units: u64) {
        self.level = self.level(now) + u128::from(units) * self.quota.window().as_nanos();
        self.at = now;
    }

    fn policy(name: &'static str, quota: Quota) -> Policy {
        Policy::gcra(name, quota)
    }

    fn most(quota: Quota) -> u32 {
        quota.burst_size()
    }
}

/// Everything that was ever charged.
pub(crate) struct History {
    pub(crate) limit: u64,
    pub(crate) window: u64,
    pub(crate) charges: Vec<(u64, u64)>,
}

impl History {
    fn new(quota: Quota) -> Self {
        Self {
            limit: u64::from(quota.limit()),
            window: window_of(quota),
            charges: Vec::new(),
        }
    }

    fn sum(&self, counts: impl Fn(u64) -> bool) -> u128 {
        let of = self.charges.iter().filter(|(at, _)| counts(*at));
        of.map(|(_, units)| u128::from(*units)).sum()
    }

    fn free(&self, used: u128) -> i128 {
        i128::from(self.limit) - i128::try_from(used).unwrap()
    }
}

macro_rules! by_history {
    ($model:ident, $policy:ident, $used:expr) => {
        pub(crate) struct $model(pub(crate) History);

        impl $model {
            fn used(&self, now: u64) -> u128 {
                let used: fn(&History, u64) -> u128 = $used;
                used(&self.0, now)
            }
        }

        impl Model for $model {
            fn new(quota: Quota) -> Self {
                Self(History::new(quota))
            }

            fn free(&self, now: u64) -> i128 {
                self.0.free(self.used(now))
            }

            fn is_busy(&self, now: u64) -> bool {
                self.used(now) > 0
            }

            fn charge(&mut self, now: u64, units: u64) {
                self.0.charges.push((now, units));
            }

            fn policy(name: &'static str, quota: Quota) -> Policy {
                Policy::$policy(name, quota)
            }

            fn most(quota: Quota) -> u32 {
                quota.limit()
            }
        }
    };
}

by_history!(Log, sliding_log, |history, now| {
    history.sum(|at| at + history.window > now)
});

by_history!(Windows, fixed_window, |history, now| {
    history.sum(|at| at / history.window == now / history.window)
});

by_history!(Counter, sliding_counter, |history, now| {
    let (window, index) = (history.window, now / history.window);
    let current = history.sum(|at| at / window == index);
    let previous = history.sum(|at| at / window + 1 == index);
    let overlap = u128::from(window - now % window);
    current + (previous * overlap).div_ceil(u128::from(window))
});

// === The walk ===

/// A limiter of each kind under one plan, side by side.
pub(crate) struct Pair {
    pub(crate) clock: ManualClock,
    pub(crate) direct: Direct,
    pub(crate) memory: Memory,
    pub(crate) plan: Plan,
}

impl Pair {
    pub(crate) fn new(plan: impl Into<Plan>) -> Self {
        let plan = plan.into();
        let (memory, clock) = stopped_store();
        Self {
            direct: Direct::with_clock(plan.clone(), clock.clone()),
            memory,
            plan,
            clock,
        }
    }

    pub(crate) fn now(&self) -> u64 {
        self.clock.now().as_nanos()
    }

    #[track_caller]
    pub(crate) fn check(&self, cost: u32) -> Decision {
        let keyed = self.memory.check_key("key", &self.plan, cost).into_owned();
        same(self.direct.check(cost), &keyed)
    }

    #[track_caller]
    pub(crate) fn peek(&self, cost: u32) -> Decision {
        let keyed = self.memory.peek_key("key", &self.plan, cost).into_owned();
        same(self.direct.peek(cost), &keyed)
    }
}

#[track_caller]
fn same(direct: Decision, keyed: &Decision) -> Decision {
    assert_eq!(format!("{direct:?}"), format!("{keyed:?}"));
    direct
}

/// Walks through `moves`, and holds every answer against the model.
#[track_caller]
pub(crate) fn obeys<M: Model>(quota: Quota, moves: &[Move]) {
    let pair = Pair::new(Plan::try_from(M::policy("p", quota)).unwrap());
    let mut model = M::new(quota);
    let mut last: Option<Decision> = None;
    for &Move { wait, cost } in moves {
        pair.clock.advance(ns(wait.nanos(quota, last.as_ref())));
        let now = pair.now();
        let cost = cost.units(quota, model.remaining(now));
        let decision = pair.check(cost);
        let fits = model.fits(now, cost);
        assert_eq!(decision.is_allowed(), fits, "{decision:?}");
        if fits {
            model.charge(now, u64::from(cost));
        } else {
            refusal_is_true::<M>(&pair, &model, quota, &decision, cost);
        }
        status_is_true(&model, &decision, now);
        last = Some(decision);
    }
    unit_by_unit(&pair, &mut model);
}

fn refusal_is_true<M: Model>(pair: &Pair, model: &M, quota: Quota, decision: &Decision, cost: u32) {
    if cost > M::most(quota) {
        assert_eq!(decision.reason(), Some(Reason::CostExceedsLimit));
        assert_eq!(decision.retry_after(), None);
        return;
    }
    assert_eq!(decision.reason(), Some(Reason::Rate));
    let retry = u64::try_from(decision.retry_after().unwrap().as_nanos()).unwrap();
    let at = pair.now() + retry;
    assert!(model.fits(at, cost), "too early: {decision:?}");
    assert!(!model.fits(at - 1, cost), "too late: {decision:?}");
    pair.clock.advance(ns(retry));
    assert!(pair.peek(cost).is_allowed(), "{decision:?}");
    pair.clock.step_back(ns(1));
    assert!(!pair.peek(cost).is_allowed(), "{decision:?}");
    pair.clock.step_back(ns(retry - 1));
}

pub(crate) fn status_is_true(model: &impl Model, decision: &Decision, now: u64) {
    let remaining = model.remaining(now);
    let status = decision.binding();
    assert_eq!(status.remaining(), remaining, "{decision:?}");
    let reset = u64::try_from(status.reset_after().as_nanos()).unwrap();
    assert!(!model.is_busy(now + reset), "not all is free: {decision:?}");
    assert!(reset == 0 || model.is_busy(now + reset - 1), "{decision:?}");
    if let Some(next) = status.next_after() {
        let at = now + u64::try_from(next.as_nanos()).unwrap();
        assert!(model.remaining(at) > remaining, "{decision:?}");
        assert_eq!(model.remaining(at - 1), remaining, "{decision:?}");
    } else {
        assert!(!model.is_busy(now), "{decision:?}");
    }
}

/// Exactly `remaining` requests of one unit succeed at this instant, and the next fails.
fn unit_by_unit(pair: &Pair, model: &mut impl Model) {
    let now = pair.now();
    let remaining = pair.peek(0).remaining();
    assert_eq!(remaining, model.remaining(now));
    if let Ok(rest @ 41..) = u32::try_from(remaining) {
        assert!(pair.check(rest - 40).is_allowed());
    } else if remaining > 40 {
        return;
    }
    for left in (0..remaining.min(40)).rev() {
        assert_eq!(pair.check(1).remaining(), left);
    }
    assert!(!pair.check(1).is_allowed());
}

/// Walks through `moves` on a clock that now and then steps back by some thousandths of a window.
///
/// Nothing may be admitted that does not fit a model whose clock never steps; and once the steps are
/// made up for, everything must be admitted that fits it.
#[track_caller]
pub(crate) fn outlives_steps_back<M: Model>(quota: Quota, moves: &[(Move, u64)]) {
    for check in [direct_check, memory_check] {
        let pair = Pair::new(Plan::try_from(M::policy("p", quota)).unwrap());
        let mut model = M::new(quota);
        let mut real = pair.now();
        for &(Move { wait, cost }, back) in moves {
            let (wait, back) = (wait.nanos(quota, None), step(quota, back));
            pair.clock.advance(ns(wait));
            real += wait;
            pair.clock.step_back(ns(back));
            let cost = cost.units(quota, model.remaining(real));
            if check(&pair, cost) {
                assert!(model.fits(real, cost), "minted");
                model.charge(real, u64::from(cost));
            }
        }
        pair.clock.advance(ns(real.saturating_sub(pair.now())));
        let remaining = u32::try_from(model.remaining(real)).unwrap_or(u32::MAX);
        assert!(model.free(real) < 0 || check(&pair, remaining), "blocked");
    }
}

/// The same for windows that are aligned to the clock, whose edges a step back moves: as often as the
/// clock came into a window, no more is admitted than those windows' limits together.
#[track_caller]
pub(crate) fn aligned_windows_outlive_steps_back<M: Model>(quota: Quota, moves: &[(Move, u64)]) {
    for check in [direct_check, memory_check] {
        let pair = Pair::new(Plan::try_from(M::policy("p", quota)).unwrap());
        let window = window_of(quota);
        let (mut windows, mut current) = (0, None);
        let (mut latest, mut admitted) = (0, 0);
        for &(Move { wait, cost }, back) in moves {
            pair.clock.advance(ns(wait.nanos(quota, None)));
            pair.clock.step_back(ns(step(quota, back)));
            latest = latest.max(pair.now());
            if current != Some(pair.now() / window) {
                current = Some(pair.now() / window);
                windows += 1;
            }
            let cost = cost.units(quota, u64::from(quota.limit()));
            if check(&pair, cost) {
                admitted += u128::from(cost);
            }
            let most = windows * u128::from(quota.limit());
            assert!(admitted <= most, "minted");
        }
        pair.clock.advance(ns(latest - pair.now() + 2 * window));
        assert!(check(&pair, quota.limit()), "blocked");
    }
}

fn step(quota: Quota, part: u64) -> u64 {
    thousandths(window_of(quota), part).min(17 * DAY)
}

fn direct_check(pair: &Pair, cost: u32) -> bool {
    pair.direct.check(cost).is_allowed()
}

fn memory_check(pair: &Pair, cost: u32) -> bool {
    let decision = pair.memory.check_key("key", &pair.plan, cost);
    decision.is_allowed()
}
