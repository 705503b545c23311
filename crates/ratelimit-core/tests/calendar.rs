//! Quotas by the calendar: a month is a month, and comes back exactly when it is over.

#![cfg(feature = "calendar")]
#![allow(clippy::unwrap_used, reason = "what should not be, fails the test")]

mod oracle;

use std::time::Duration;

use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use oracle::{Move, Pair, cases, moves, ns, plan, quota, secs};
use proptest::prelude::*;
use ratelimit_core::wait::{Ask, Gate, Settings};
use ratelimit_core::{
    Calendar, CalendarPeriod, Clock, Direct, ManualClock, Memory, Plan, Policy, Quota, Reason,
};

const SECOND: u64 = 1_000_000_000;
/// East and west of UTC, with gaps and folds at and around midnight, by half an hour and by a day.
const ZONES: [&str; 16] = [
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "America/Sao_Paulo",
    "America/Havana",
    "America/St_Johns",
    "America/Scoresbysund",
    "Asia/Beirut",
    "Africa/Cairo",
    "Africa/Monrovia",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Pacific/Kiritimati",
    "Pacific/Kwajalein",
    "Antarctica/Troll",
];

fn monthly(zone: &str, anchor: u8) -> Calendar {
    Calendar::monthly(zone)
        .unwrap()
        .anchored_on(anchor)
        .unwrap()
}

fn daily(zone: &str) -> Calendar {
    Calendar::daily(zone).unwrap()
}

fn unix(text: &str) -> u64 {
    let at: jiff::Timestamp = text.parse().unwrap();
    u64::try_from(at.as_second()).unwrap()
}

fn clock_at(second: u64) -> ManualClock {
    ManualClock::starting_at(Duration::from_secs(second))
}

/// The period that this second is in, as a decision states it.
fn period(calendar: Calendar, second: u64) -> (u64, u64) {
    let limit = plan([Policy::calendar("p", 5, calendar)]);
    let clock = clock_at(1_000_000_000);
    let limiter = Direct::with_clock(limit, clock.clone());
    clock.step_back(secs(1_000_000_000));
    clock.advance(secs(second));
    let decision = limiter.peek(1);
    let (start, end) = decision.binding().period().unwrap();
    assert_eq!(
        decision.binding().window(),
        Some(end.saturating_since(start))
    );
    (start.as_nanos() / SECOND, end.as_nanos() / SECOND)
}

/// Every one of `edges` is the end of one period and the beginning of the next.
#[track_caller]
fn edges(calendar: Calendar, edges: &[&str]) {
    for (start, end) in edges.iter().zip(&edges[1..]) {
        let expected = (unix(start), unix(end));
        assert_eq!(period(calendar, expected.0), expected, "{calendar} {start}");
        assert_eq!(
            period(calendar, expected.1 - 1),
            expected,
            "{calendar} {start}"
        );
    }
}

#[test]
fn a_month_is_a_month_and_not_thirty_days() {
    edges(
        monthly("UTC", 1),
        &[
            "2023-12-01T00:00Z",
            "2024-01-01T00:00Z",
            "2024-02-01T00:00Z",
            "2024-03-01T00:00Z",
            "2024-04-01T00:00Z",
        ],
    );
    edges(
        monthly("Europe/Berlin", 1),
        &[
            "2025-01-31T23:00Z",
            "2025-02-28T23:00Z",
            "2025-03-31T22:00Z",
            "2025-04-30T22:00Z",
        ],
    );
}

#[test]
fn an_anchor_that_a_month_has_not_is_its_last_day() {
    edges(
        monthly("UTC", 31),
        &[
            "2023-12-31T00:00Z",
            "2024-01-31T00:00Z",
            "2024-02-29T00:00Z",
            "2024-03-31T00:00Z",
            "2024-04-30T00:00Z",
            "2024-05-31T00:00Z",
        ],
    );
    edges(
        monthly("UTC", 30),
        &[
            "2024-12-30T00:00Z",
            "2025-01-30T00:00Z",
            "2025-02-28T00:00Z",
            "2025-03-30T00:00Z",
            "2025-04-30T00:00Z",
        ],
    );
    edges(
        monthly("Asia/Tokyo", 29),
        &[
            "2025-01-28T15:00Z",
            "2025-02-27T15:00Z",
            "2025-03-28T15:00Z",
        ],
    );
    edges(
        monthly("America/Los_Angeles", 29),
        &[
            "2024-01-29T08:00Z",
            "2024-02-29T08:00Z",
            "2024-03-29T07:00Z",
        ],
    );
}

#[test]
fn a_local_day_has_23_or_25_hours_when_the_clocks_change() {
    let berlin = daily("Europe/Berlin");
    edges(
        berlin,
        &[
            "2025-03-28T23:00Z",
            "2025-03-29T23:00Z",
            "2025-03-30T22:00Z",
            "2025-03-31T22:00Z",
        ],
    );
    edges(
        berlin,
        &[
            "2025-10-24T22:00Z",
            "2025-10-25T22:00Z",
            "2025-10-26T23:00Z",
            "2025-10-27T23:00Z",
        ],
    );
}

#[test]
fn a_day_whose_midnight_is_skipped_begins_after_the_gap() {
    edges(
        daily("America/Sao_Paulo"),
        &[
            "2018-11-03T03:00Z",
            "2018-11-04T03:00Z",
            "2018-11-05T02:00Z",
        ],
    );
    edges(
        daily("Asia/Beirut"),
        &[
            "2024-03-29T22:00Z",
            "2024-03-30T22:00Z",
            "2024-03-31T21:00Z",
        ],
    );
    edges(
        monthly("America/Sao_Paulo", 4),
        &[
            "2018-10-04T03:00Z",
            "2018-11-04T03:00Z",
            "2018-12-04T02:00Z",
        ],
    );
}

#[test]
fn a_day_whose_midnight_comes_twice_begins_at_the_first() {
    edges(
        daily("America/Havana"),
        &[
            "2024-11-02T04:00Z",
            "2024-11-03T04:00Z",
            "2024-11-04T05:00Z",
        ],
    );
    // A minute past midnight the clocks go back to the evening before: that is not given again.
    edges(
        daily("America/St_Johns"),
        &[
            "2006-10-28T02:30Z",
            "2006-10-29T02:30Z",
            "2006-10-30T03:30Z",
        ],
    );
}

#[test]
fn a_day_that_a_zone_skips_is_no_period() {
    edges(
        daily("Pacific/Apia"),
        &[
            "2011-12-28T10:00Z",
            "2011-12-29T10:00Z",
            "2011-12-30T10:00Z",
            "2011-12-31T10:00Z",
        ],
    );
    edges(
        monthly("Pacific/Apia", 30),
        &[
            "2011-11-30T10:00Z",
            "2011-12-30T10:00Z",
            "2012-01-29T10:00Z",
        ],
    );
}

#[test]
fn a_months_quota_is_not_given_twice_and_comes_back_exactly_at_the_boundary() {
    for (calendar, start, end) in [
        (
            monthly("Europe/Berlin", 31),
            "2024-01-30T23:00Z",
            "2024-02-28T23:00Z",
        ),
        (
            daily("America/Havana"),
            "2024-11-03T04:00Z",
            "2024-11-04T05:00Z",
        ),
    ] {
        let (start, end) = (unix(start), unix(end));
        let pair = Pair::new(plan([Policy::calendar("month", 10, calendar)]));
        pair.clock.advance(ns(start * SECOND - pair.now()));
        assert!(pair.check(7).is_allowed());
        assert!(pair.check(3).is_allowed());
        let mut refused = pair.check(1);
        while pair.now() + 3_600 * SECOND < end * SECOND {
            assert_eq!(refused.reason(), Some(Reason::Quota));
            assert_eq!(refused.retry_after(), Some(ns(end * SECOND - pair.now())));
            assert_eq!(refused.binding().used(), 10);
            pair.clock.advance(secs(3_600));
            refused = pair.check(1);
        }
        pair.clock.advance(ns(end * SECOND - pair.now() - 1));
        assert_eq!(pair.check(1).retry_after(), Some(ns(1)));
        pair.clock.advance(ns(1));
        let admitted = pair.check(10);
        assert!(admitted.is_allowed());
        assert_eq!(
            admitted.binding().period().unwrap().0.as_nanos(),
            end * SECOND
        );
    }
}

#[test]
fn a_refusal_says_whose_quota_is_used_up() {
    let pair = Pair::new(plan([
        Policy::gcra("minute", Quota::per_minute(20)),
        Policy::calendar("month", 10, monthly("UTC", 1)),
        Policy::concurrency("cap", 3),
    ]));
    assert!(pair.check(10).is_allowed());
    let refused = pair.check(1);
    assert_eq!(refused.reason(), Some(Reason::Quota));
    let words = refused.to_string();
    assert!(
        words.starts_with("the quota of policy \"month\" is used up"),
        "{words}"
    );
    assert_eq!(pair.check(11).reason(), Some(Reason::CostExceedsLimit));
    let used: Vec<u64> = refused.policies().map(|p| p.used()).collect();
    assert_eq!(used, [10, 10, 0]);
    let windows: Vec<_> = refused.policies().map(|p| p.window()).collect();
    assert_eq!(windows[2], None);
    assert!(windows[1] >= Some(secs(28 * 86_400)));
    let policies = pair.plan.policies();
    assert_eq!((policies[1].quota(), policies[1].limit()), (None, 10));
    assert_eq!(policies[1].periods(), Some(monthly("UTC", 1)));
}

#[test]
fn units_are_given_back_only_into_the_period_they_were_taken_in() {
    let limit = plan([Policy::calendar("month", 10, monthly("Europe/Berlin", 15))]);
    let clock = clock_at(unix("2025-06-10T12:00Z"));
    let limiter = Memory::builder().clock(clock.clone()).build();
    let reserve = || limiter.reserve_key("me", &limit, 4).unwrap();
    let left = || limiter.peek_key("me", &limit, 0).remaining();
    let (first, second) = (reserve(), reserve());
    first.settle(1);
    assert_eq!(left(), 5);
    clock.advance(secs(5 * 86_400));
    assert!(limiter.check_key("me", &limit, 3).is_allowed());
    second.cancel();
    assert_eq!(left(), 7);
    let third = reserve();
    third.settle(9);
    let owes = limiter.peek_key("me", &limit, 0);
    assert_eq!((owes.remaining(), owes.binding().used()), (0, 12));
}

#[test]
fn a_clock_that_steps_back_over_a_boundary_keeps_the_period_that_has_not_ended() {
    let pair = Pair::new(plan([Policy::calendar("day", 10, daily("Asia/Tokyo"))]));
    let start = unix("2025-06-10T15:00Z");
    pair.clock.advance(ns(start * SECOND - pair.now()));
    assert!(pair.check(6).is_allowed());
    pair.clock.step_back(secs(7_200));
    let decision = pair.check(0);
    assert_eq!(decision.remaining(), 4);
    assert_eq!(
        decision.binding().period().unwrap().0.as_nanos(),
        start * SECOND
    );
    assert!(!pair.check(5).is_allowed());
    pair.clock.advance(secs(7_200 + 86_400));
    assert!(pair.check(10).is_allowed());
}

#[test]
fn state_follows_the_name_and_the_calendar_whatever_the_limit() {
    let pair = Pair::new(plan([Policy::calendar("month", 10, monthly("UTC", 1))]));
    assert!(pair.check(10).is_allowed());
    let plan_of = |limit, calendar| plan([Policy::calendar("month", limit, calendar)]);
    let left = |plan: &Plan| {
        pair.direct.set_plan(plan.clone());
        let left = pair.memory.peek_key("key", plan, 0).remaining();
        assert_eq!(pair.direct.peek(0).remaining(), left);
        left
    };
    assert_eq!(left(&plan_of(15, monthly("UTC", 1))), 5);
    assert_eq!(left(&plan_of(5, monthly("UTC", 1))), 0);
    assert_eq!(left(&plan_of(10, monthly("UTC", 2))), 10);
    assert_eq!(left(&plan_of(10, daily("UTC"))), 10);
    assert_eq!(left(&plan_of(10, monthly("Europe/Paris", 1))), 10);
    assert_eq!(left(&plan_of(10, monthly("UTC", 1))), 0);
}

#[test]
fn the_end_of_the_line_gives_nothing_away_and_does_not_panic() {
    for calendar in [monthly("UTC", 31), daily("Pacific/Apia")] {
        let clock = ManualClock::new();
        let limiter = Direct::with_clock(plan([Policy::calendar("p", 5, calendar)]), clock.clone());
        clock.advance(Duration::MAX);
        assert!(limiter.check(5).is_allowed());
        assert!(!limiter.check(1).is_allowed());
        assert_eq!(limiter.peek(1).binding().used(), 5);
        clock.step_back(Duration::MAX);
        assert!(!limiter.check(1).is_allowed());
        let _ = limiter.peek(1).binding().period();
    }
}

#[test]
fn whoever_waits_at_a_gate_waits_for_the_end_of_the_period() {
    let clock = clock_at(unix("2025-01-31T22:30Z"));
    let gate = Gate::with_clock(
        plan([Policy::calendar("month", 2, monthly("Europe/Berlin", 1))]),
        Settings::default(),
        clock.clone(),
    );
    let passes: Vec<_> = (0..2).map(|_| gate.try_pass(1).unwrap()).collect();
    let at = |text: &str| ratelimit_core::Timestamp::from_nanos(unix(text) * SECOND);
    let could_go = |cost| {
        let now = Ask::new(cost).with_deadline(clock.now());
        gate.enter(&now).unwrap_err().could_go_at()
    };
    assert_eq!(could_go(1), Some(at("2025-01-31T23:00Z")));
    let waiters: Vec<_> = (0..3).map(|_| gate.enter(&Ask::new(1)).unwrap()).collect();
    assert_eq!(could_go(1), Some(at("2025-02-28T23:00Z")));
    clock.advance(secs(1_800));
    gate.pump();
    assert_eq!(gate.waiting(), 1);
    drop((passes, waiters));
}

#[test]
fn a_part_of_a_quota_is_a_quota_by_the_same_calendar() {
    let clock = clock_at(unix("2025-06-10T12:00Z"));
    let gate = Gate::with_clock(
        plan([Policy::calendar("month", 10, monthly("UTC", 1))]),
        Settings::default().with_percent_of_limit(50),
        clock,
    );
    let passes: Vec<_> = (0..5).map(|_| gate.try_pass(1).unwrap()).collect();
    assert!(gate.try_pass(1).is_none());
    drop(passes);
}

/// The first second at which the zone's clocks show this day or a later one, by looking at each minute.
fn begins(zone: &TimeZone, day: Date) -> i64 {
    let local = |second| zone.to_datetime(jiff::Timestamp::from_second(second).unwrap());
    let midnight = day.at(0, 0, 0, 0);
    let utc = TimeZone::UTC.to_timestamp(midnight).unwrap().as_second();
    let minutes = (utc - 26 * 3_600..utc + 26 * 3_600).step_by(60);
    let minute = minutes.into_iter().find(|&s| local(s) >= midnight).unwrap();
    (minute - 59..=minute)
        .find(|&s| local(s) >= midnight)
        .unwrap()
}

/// The days around `near` that periods begin with.
fn firsts(calendar: Calendar, near: Date) -> Vec<Date> {
    let mut days = near.saturating_sub(jiff::Span::new().days(70));
    let mut firsts = Vec::new();
    while days < near.saturating_add(jiff::Span::new().days(70)) {
        let anchor = i8::try_from(calendar.anchor()).unwrap();
        let is_last = days.tomorrow().unwrap().day() == 1;
        let begins = days.day() == anchor || is_last && days.day() < anchor;
        if begins || calendar.period() == CalendarPeriod::Day {
            firsts.push(days);
        }
        days = days.tomorrow().unwrap();
    }
    if calendar.period() == CalendarPeriod::Day {
        firsts.retain(|day| day.duration_until(near).abs().as_hours() <= 72);
    }
    firsts
}

fn calendars() -> impl Strategy<Value = Calendar> {
    let zone = || prop::sample::select(&ZONES[..]);
    prop_oneof![
        zone().prop_map(daily),
        (zone(), prop_oneof![1..=31u8, 28..=31u8]).prop_map(|(z, day)| monthly(z, day)),
    ]
}

/// Anywhere, and often about where the clocks of some zone change.
fn instants() -> impl Strategy<Value = u64> {
    let from = unix("1971-03-01T00:00Z");
    let change = (
        prop::sample::select(&ZONES[..]),
        40_000_000..4_000_000_000i64,
        -90_000..90_000i64,
    );
    prop_oneof![
        from..unix("2199-12-31T00:00Z"),
        change.prop_map(|(zone, near, by)| {
            let near = jiff::Timestamp::from_second(near).unwrap();
            let zone = TimeZone::get(zone).unwrap();
            let change = zone
                .preceding(near)
                .next()
                .map(|t| t.timestamp().as_second());
            let at = change.unwrap_or(near.as_second()).max(40_000_000) + by;
            u64::try_from(at).unwrap()
        }),
    ]
}

proptest! {
    #![proptest_config(cases(300))]

    #[test]
    fn every_instant_is_in_the_period_that_counting_days_finds(
        calendar in calendars(),
        second in instants(),
    ) {
        let zone = TimeZone::get(calendar.zone()).unwrap();
        let now = i64::try_from(second).unwrap();
        let near = zone.to_datetime(jiff::Timestamp::from_second(now).unwrap()).date();
        let begins: Vec<_> = firsts(calendar, near).iter().map(|d| begins(&zone, *d)).collect();
        let start = begins.iter().rev().find(|&&s| s <= now).unwrap();
        let end = begins.iter().find(|&&s| s > now).unwrap();
        let found = period(calendar, second);
        let seconds = |s: i64| u64::try_from(s).unwrap();
        prop_assert_eq!(found, (seconds(*start), seconds(*end)));
    }

    #[test]
    fn no_period_admits_more_than_its_limit_and_every_refusal_ends_with_it(
        calendar in calendars(),
        start in instants(),
        limit in 1..50u32,
        moves in moves(30),
    ) {
        let pair = Pair::new(plan([Policy::calendar("p", limit, calendar)]));
        pair.clock.advance(ns((start * SECOND).saturating_sub(pair.now())));
        let (mut used, mut current) = (0, None);
        for Move { wait, cost } in moves {
            let day = quota(limit, 86_400 * SECOND);
            pair.clock.advance(ns(wait.nanos(day, None)));
            let period = period(calendar, pair.now() / SECOND);
            if current.replace(period) != Some(period) {
                used = 0;
            }
            let cost = cost.units(day, u64::from(limit - used));
            let decision = pair.check(cost);
            prop_assert_eq!(decision.is_allowed(), u64::from(used) + u64::from(cost) <= limit.into());
            if decision.is_allowed() {
                used += cost;
            } else if cost <= limit {
                let wait = ns(period.1 * SECOND - pair.now());
                prop_assert_eq!(decision.retry_after(), Some(wait));
            }
            prop_assert_eq!(decision.binding().used(), u64::from(used));
            prop_assert_eq!(decision.remaining(), u64::from(limit - used));
        }
    }
}

#[test]
fn the_oracle_knows_a_day_when_it_sees_one() {
    let berlin = TimeZone::get("Europe/Berlin").unwrap();
    let begins = begins(&berlin, date(2025, 3, 31));
    assert_eq!(u64::try_from(begins), Ok(unix("2025-03-30T22:00Z")));
}
