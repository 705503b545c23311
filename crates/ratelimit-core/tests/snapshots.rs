//! A restart gives nothing away: what was used is written down, and read back whole or not at all.

#![allow(clippy::unwrap_used, reason = "what should not be, fails the test")]

mod oracle;

use std::io::{self, Read, Write};
use std::time::Duration;

use oracle::{DAY, cases, ns, plan, quota, secs, store};
use proptest::prelude::*;
use ratelimit_core::{
    Clock, KeyHasher, ManualClock, Memory, MemoryBuilder, Plan, Policy, Quota, SnapshotError,
    Timestamp,
};

const START: Duration = Duration::from_secs(1_750_000_000);
const RATES: [fn(&'static str, Quota) -> Policy; 4] = [
    Policy::gcra,
    Policy::sliding_log,
    Policy::sliding_counter,
    Policy::fixed_window,
];

fn builder(clock: &ManualClock) -> MemoryBuilder {
    Memory::builder().capacity(100).clock(clock.clone())
}

fn written(limiter: &Memory) -> Vec<u8> {
    let mut bytes = Vec::new();
    limiter.write_snapshot(&mut bytes).unwrap();
    bytes
}

fn read(bytes: &[u8], clock: &ManualClock) -> Result<Memory, SnapshotError> {
    builder(clock).restore(&mut &bytes[..])
}

/// The store after a restart that took `down`, and its clock.
fn restarted(limiter: &Memory, clock: &ManualClock, down: Duration) -> (Memory, ManualClock) {
    let later = ManualClock::starting_at(clock.unix(clock.now()) + down);
    (read(&written(limiter), &later).unwrap(), later)
}

fn used(limiter: &Memory, key: &str, plan: &Plan) -> Vec<u64> {
    let decision = limiter.peek_key(key, plan, 0);
    decision.policies().map(|policy| policy.used()).collect()
}

fn all_rates(quota: Quota) -> Plan {
    let names = ["bucket", "log", "counter", "window"];
    plan(
        names
            .into_iter()
            .zip(RATES)
            .map(|(name, rate)| rate(name, quota)),
    )
}

/// A clock whose wall time is not that of its line.
#[derive(Clone)]
struct Drifted(ManualClock, u64);

impl Clock for Drifted {
    fn now(&self) -> Timestamp {
        self.0.now()
    }

    fn unix(&self, at: Timestamp) -> Duration {
        self.0.unix(at) + ns(self.1)
    }
}

#[test]
fn what_was_spent_stays_spent_over_a_restart() {
    let clock = ManualClock::starting_at(START);
    let limiter = builder(&clock).build();
    let day = all_rates(Quota::per_day(100));
    assert!(limiter.check_key("alice", &day, 70).is_allowed());
    assert!(limiter.check_key("bob", &day, 100).is_allowed());
    let (again, _) = restarted(&limiter, &clock, Duration::ZERO);
    assert_eq!(used(&again, "alice", &day), [70; 4]);
    assert!(!again.check_key("bob", &day, 1).is_allowed());
    assert_eq!(used(&again, "carol", &day), [0; 4]);
}

#[test]
fn the_time_between_counts() {
    let clock = ManualClock::starting_at(START);
    let limiter = builder(&clock).build();
    let minute = plan([
        Policy::gcra("bucket", Quota::per_minute(60)),
        Policy::sliding_log("log", Quota::per_minute(60)),
    ]);
    assert!(limiter.check_key("alice", &minute, 30).is_allowed());
    clock.advance(secs(20));
    assert!(limiter.check_key("alice", &minute, 10).is_allowed());
    let (again, later) = restarted(&limiter, &clock, secs(15));
    assert_eq!(used(&again, "alice", &minute), [5, 40]);
    later.advance(secs(25));
    assert_eq!(used(&again, "alice", &minute), [0, 10]);
}

#[test]
fn a_clock_that_was_set_back_between_mints_nothing_and_blocks_for_a_window_more_at_most() {
    let clock = ManualClock::starting_at(START);
    let limiter = builder(&clock).build();
    let minute = all_rates(Quota::per_minute(60));
    assert!(limiter.check_key("alice", &minute, 60).is_allowed());
    let bytes = written(&limiter);
    for back in [1, 10, 21, 40, 60, 3_600, 3_625, 50 * 366 * 86_400] {
        let earlier = ManualClock::starting_at(START - secs(back));
        let again = read(&bytes, &earlier).unwrap();
        assert_eq!(used(&again, "alice", &minute), [60; 4]);
        let end = again
            .peek_key("alice", &minute, 0)
            .policies()
            .find_map(|p| p.period());
        assert_eq!(end.unwrap().1.as_nanos() % oracle::MINUTE, 0, "aligned");
        clock.advance(secs(19));
        earlier.advance(secs(19));
        let (was, is) = (
            used(&limiter, "alice", &minute),
            used(&again, "alice", &minute),
        );
        assert!(
            was.iter().zip(&is).all(|(was, is)| was <= is),
            "{back}: {was:?} {is:?}"
        );
        earlier.advance(secs(160));
        assert_eq!(used(&again, "alice", &minute), [0; 4], "{back}");
        clock.step_back(secs(19));
    }
}

#[test]
fn a_line_that_has_drifted_from_the_wall_clock_is_left_behind() {
    let clock = ManualClock::starting_at(START);
    let limiter = Memory::builder()
        .clock(Drifted(clock.clone(), 7_200 * oracle::SECOND))
        .build();
    let minute = plan([
        Policy::gcra("bucket", Quota::per_minute(60)),
        Policy::sliding_log("log", Quota::per_minute(60)),
    ]);
    assert!(limiter.check_key("alice", &minute, 60).is_allowed());
    let later = ManualClock::starting_at(START + secs(7_200 + 30));
    let again = read(&written(&limiter), &later).unwrap();
    assert_eq!(used(&again, "alice", &minute), [30, 60]);
    later.advance(secs(30));
    assert_eq!(used(&again, "alice", &minute), [0, 0]);
}

#[test]
fn permits_are_not_written_and_what_is_reserved_is_taken() {
    let clock = ManualClock::starting_at(START);
    let limiter = builder(&clock).build();
    let day = plan([
        Policy::gcra("day", Quota::per_day(100)),
        Policy::concurrency("cap", 1),
    ]);
    let held = limiter.reserve_key("alice", &day, 40).unwrap();
    let mut bytes = Vec::new();
    assert_eq!(limiter.write_snapshot(&mut bytes).unwrap(), 1);
    let again = read(&bytes, &clock).unwrap();
    assert_eq!(used(&again, "alice", &day), [40, 0]);
    held.cancel();
    assert_eq!(used(&limiter, "alice", &day), [0, 0]);
    assert_eq!(used(&again, "alice", &day), [40, 0]);
}

#[test]
fn what_is_worth_nothing_is_not_written() {
    let clock = ManualClock::starting_at(START);
    let limiter = builder(&clock).build();
    let second = all_rates(Quota::per_second(5));
    assert!(limiter.check_key("alice", &second, 5).is_allowed());
    clock.advance(secs(2));
    assert_eq!(limiter.write_snapshot(&mut io::sink()).unwrap(), 0);
    let again = read(&written(&limiter), &clock).unwrap();
    assert_eq!(again.stats().slots, 0);
}

#[test]
fn a_smaller_store_remembers_those_that_are_used_up() {
    let clock = ManualClock::starting_at(START);
    let limiter = builder(&clock).capacity(20_000).build();
    let day = Plan::from(Quota::per_day(100));
    for key in 0..20_000u32 {
        let cost = if key % 20 == 0 { 100 } else { 20 };
        assert!(limiter.check_key(&key, &day, cost).is_allowed());
    }
    let smaller = builder(&clock).capacity(4_000);
    let again = smaller.restore(&mut &written(&limiter)[..]).unwrap();
    let full = (0..20_000u32).step_by(20);
    let forgotten = full.filter(|key| again.check_key(key, &day, 1).is_allowed());
    assert_eq!(forgotten.count(), 0);
    assert!(again.stats().evicted > 10_000);
}

#[test]
fn a_hasher_of_another_secret_is_refused() {
    let clock = ManualClock::starting_at(START);
    let secret = KeyHasher::with_secret(&[3; 16]);
    let bytes = written(&builder(&clock).hasher(secret).build());
    assert!(
        builder(&clock)
            .hasher(secret)
            .restore(&mut &bytes[..])
            .is_ok()
    );
    let other = builder(&clock).hasher(KeyHasher::random());
    let error = other.restore(&mut &bytes[..]).unwrap_err();
    assert!(matches!(error, SnapshotError::OtherSecret), "{error}");
}

#[test]
fn no_key_stands_in_a_snapshot() {
    let clock = ManualClock::starting_at(START);
    let limiter = builder(&clock).build();
    let key = "a-key-that-nobody-should-read";
    assert!(
        limiter
            .check_key(key, &Plan::from(Quota::per_day(5)), 1)
            .is_allowed()
    );
    let bytes = written(&limiter);
    assert!(
        !bytes
            .windows(8)
            .any(|part| key.as_bytes().windows(8).any(|k| k == part))
    );
}

#[test]
fn what_is_spent_while_a_snapshot_is_written_is_in_it_or_not_and_nothing_else_is() {
    let clock = ManualClock::starting_at(START);
    let limiter = builder(&clock).build();
    let day = Plan::from(Quota::per_day(u32::MAX));
    std::thread::scope(|scope| {
        let spender = scope.spawn(|| {
            for _ in 0..20_000 {
                assert!(limiter.check_key("alice", &day, 1).is_allowed());
            }
        });
        while !spender.is_finished() {
            let before = used(&limiter, "alice", &day);
            let again = read(&written(&limiter), &clock).unwrap();
            let after = used(&limiter, "alice", &day);
            let between = used(&again, "alice", &day);
            assert!(before <= between && between <= after);
        }
    });
}

fn small_snapshot() -> (Vec<u8>, ManualClock) {
    let clock = ManualClock::starting_at(START);
    let limiter = store().capacity(100).clock(clock.clone()).build();
    let day = all_rates(Quota::per_day(100));
    for (key, cost) in [("alice", 3), ("bob", 100)] {
        assert!(limiter.check_key(key, &day, cost).is_allowed());
        clock.advance(secs(1));
        assert_eq!(limiter.check_key(key, &day, 2).is_allowed(), cost < 99);
    }
    (written(&limiter), clock)
}

#[test]
fn a_snapshot_that_is_cut_off_anywhere_is_refused_as_that() {
    let (bytes, clock) = small_snapshot();
    assert!(read(&bytes, &clock).is_ok());
    for length in 0..bytes.len() {
        let error = read(&bytes[..length], &clock).unwrap_err();
        assert!(matches!(error, SnapshotError::CutOff), "{length}: {error}");
    }
    let longer = [&bytes[..], &[0]].concat();
    assert!(matches!(read(&longer, &clock), Err(SnapshotError::Corrupt)));
}

#[test]
fn every_flipped_bit_is_found() {
    let (bytes, clock) = small_snapshot();
    for bit in 0..bytes.len() * 8 {
        let mut bytes = bytes.clone();
        bytes[bit / 8] ^= 1 << (bit % 8);
        let error = read(&bytes, &clock).unwrap_err();
        let is_clear = match bit / 8 {
            0..8 => matches!(error, SnapshotError::NotASnapshot),
            8..12 => matches!(
                error,
                SnapshotError::NewerVersion(_) | SnapshotError::Corrupt
            ),
            _ => matches!(error, SnapshotError::Corrupt | SnapshotError::CutOff),
        };
        assert!(is_clear, "{bit}: {error}");
    }
}

#[test]
fn what_is_no_snapshot_or_a_newer_one_is_refused_with_a_clear_word() {
    let (mut bytes, clock) = small_snapshot();
    let not = read(b"[policy]\nname = \"minute\"", &clock).unwrap_err();
    assert_eq!(not.to_string(), "this is not a snapshot of a limiter");
    bytes[8] = 2;
    let newer = read(&bytes, &clock).unwrap_err();
    assert!(matches!(newer, SnapshotError::NewerVersion(2)));
    assert_eq!(
        newer.to_string(),
        "the snapshot is of version 2, and this program reads up to 1"
    );
}

/// Takes so many bytes, or gives so many, and then fails.
struct Failing(usize);

impl Write for Failing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let taken = bytes.len().min(self.0);
        self.0 -= taken;
        match taken {
            0 => Err(io::Error::other("full")),
            _ => Ok(taken),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Err(io::Error::other("full"))
    }
}

struct FailingRead<'b>(&'b [u8]);

impl Read for FailingRead<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        match self.0.is_empty() {
            true => Err(io::Error::other("gone")),
            false => self.0.read(into),
        }
    }
}

#[test]
fn errors_of_the_file_are_told() {
    let (bytes, clock) = small_snapshot();
    let limiter = read(&bytes, &clock).unwrap();
    for room in 0..=bytes.len() {
        assert!(limiter.write_snapshot(&mut Failing(room)).is_err());
        let half = &mut FailingRead(&bytes[..room]);
        let error = builder(&clock).restore(half).unwrap_err();
        assert!(matches!(error, SnapshotError::Io(_)), "{error}");
    }
}

#[cfg(feature = "calendar")]
mod calendars {
    use super::*;
    use ratelimit_core::Calendar;

    #[test]
    fn a_restart_gives_no_month_away() {
        // 2025-06-15 15:06:40 UTC.
        let clock = ManualClock::starting_at(START);
        let limiter = builder(&clock).build();
        let month = |name, zone: &str, day| {
            let months = Calendar::monthly(zone).unwrap().anchored_on(day).unwrap();
            Policy::calendar(name, 100, months)
        };
        let limits = plan([
            month("berlin", "Europe/Berlin", 31),
            month("apia", "Pacific/Apia", 17),
            Policy::calendar("day", 100, Calendar::daily("Asia/Tokyo").unwrap()),
        ]);
        assert!(limiter.check_key("alice", &limits, 100).is_allowed());
        let (again, later) = restarted(&limiter, &clock, secs(86_400 - 400));
        assert_eq!(used(&again, "alice", &limits), [100, 0, 0]);
        let refused = again.check_key("alice", &limits, 1);
        let twin = limiter.peek_key("alice", &limits, 1);
        let end = |decision: &ratelimit_core::DecisionRef<'_>| {
            decision.policies().next().and_then(|p| p.period())
        };
        assert_eq!(end(&refused), end(&twin));
        later.advance(refused.retry_after().unwrap() - ns(1));
        assert!(!again.check_key("alice", &limits, 1).is_allowed());
        later.advance(ns(1));
        assert!(again.check_key("alice", &limits, 100).is_allowed());
    }
}

#[cfg(feature = "calendar")]
#[test]
fn a_clock_that_was_set_back_by_years_blocks_a_months_quota_for_a_month_more_at_most() {
    let months = "month from 31 in Europe/Berlin".parse().unwrap();
    let month = plan([Policy::calendar("month", 100, months)]);
    let clock = ManualClock::starting_at(START);
    let limiter = builder(&clock).build();
    let used_up = limiter.check_key("alice", &month, 100);
    let (_, end) = used_up.binding().period().unwrap();
    let bytes = written(&limiter);
    for (years, ends) in [(0, "2025-06-29T22:00Z"), (1, "2024-06-29T22:00Z")] {
        let earlier = ManualClock::starting_at(START - secs(years * 365 * 86_400));
        let again = read(&bytes, &earlier).unwrap();
        let refused = again.check_key("alice", &month, 1);
        let ends: jiff::Timestamp = ends.parse().unwrap();
        let (_, end_again) = refused.binding().period().unwrap();
        assert_eq!(i128::from(end_again.as_nanos()), ends.as_nanosecond());
        assert!(refused.retry_after() >= Some(end.saturating_since(used_up.now())));
        earlier.advance(refused.retry_after().unwrap());
        assert!(again.check_key("alice", &month, 100).is_allowed());
    }
}

#[cfg(feature = "calendar")]
#[test]
fn a_clock_that_was_set_forward_while_it_ran_gives_no_month_away_at_the_restart() {
    let calendars = ["month in UTC", "day in UTC"].map(|text| text.parse().unwrap());
    let limits = plan([
        Policy::calendar("month", 10, calendars[0]),
        Policy::calendar("day", 10, calendars[1]),
        Policy::fixed_window("hour", Quota::per_hour(10)),
    ]);
    // The line is behind the wall: by two hours, or by all the years since 1972.
    for behind in [secs(2 * 3_600), secs(54 * 365 * 86_400)] {
        let line = ManualClock::starting_at(START + secs(86_400));
        let drifted = Drifted(line.clone(), u64::try_from(behind.as_nanos()).unwrap());
        let limiter = Memory::builder().clock(drifted).build();
        let taken = limiter.check_key("alice", &limits, 10);
        let ends: Vec<_> = taken.policies().map(|p| p.reset_after()).collect();
        let right = ManualClock::starting_at(START + secs(86_400) + behind);
        let again = read(&written(&limiter), &right).unwrap();
        assert_eq!(used(&again, "alice", &limits), [10; 3]);
        // No sooner than it would have been, and it does come back.
        for (i, end) in ends.iter().enumerate() {
            let status = again.peek_key("alice", &limits, 0);
            let wait = status.policies().nth(i).unwrap().reset_after();
            assert!(wait >= *end || i != 2 && wait > secs(0), "{wait:?} {end:?}");
        }
        right.advance(secs(32 * 86_400));
        assert!(again.check_key("alice", &limits, 10).is_allowed());
    }
}

#[derive(Clone, Debug)]
struct Step {
    key: u8,
    policy: usize,
    limit: u32,
    wait: u64,
    cost: u32,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let wait = prop_oneof![
        Just(0),
        0..2 * oracle::MINUTE,
        0..oracle::SECOND,
        Just(DAY / 2)
    ];
    let step = (0..6u8, 0..KINDS, 1..30u32, wait, 0..12u32);
    let step = step.prop_map(|(key, policy, limit, wait, cost)| Step {
        key,
        policy,
        limit,
        wait,
        cost,
    });
    prop::collection::vec(step, 1..60)
}

#[cfg(feature = "calendar")]
const KINDS: usize = 7;
#[cfg(not(feature = "calendar"))]
const KINDS: usize = 5;

fn policy(kind: usize, limit: u32) -> Plan {
    let quota = quota(limit, oracle::MINUTE);
    plan([match kind {
        4 => Policy::gcra("slow", Quota::per_hour(limit).burst(limit + 3)),
        #[cfg(feature = "calendar")]
        5 => Policy::calendar("day", limit, "day in Asia/Kathmandu".parse().unwrap()),
        #[cfg(feature = "calendar")]
        6 => Policy::calendar("month", limit, "month from 16 in UTC".parse().unwrap()),
        kind => RATES[kind](["bucket", "log", "counter", "window"][kind], quota),
    }])
}

/// What the store answers, without what it counts from.
fn answer(limiter: &Memory, step: &Step) -> String {
    let plan = policy(step.policy, step.limit);
    let decision = limiter.check_key(&step.key, &plan, step.cost);
    format!("{decision:?} {:?}", decision.binding().period())
}

fn all_answers(limiter: &Memory) -> Vec<String> {
    let look = |key, policy, limit| Step {
        key,
        policy,
        limit,
        wait: 0,
        cost: 0,
    };
    let every =
        (0..6).flat_map(|key| (0..KINDS).flat_map(move |p| [1, 7, 25].map(|l| (key, p, l))));
    let peek = |step: Step| {
        let plan = policy(step.policy, step.limit);
        let [fits, more] = [0, 1].map(|cost| limiter.peek_key(&step.key, &plan, cost));
        let used = more.binding().used();
        format!("{fits:?} {more:?} {used} {:?}", fits.binding().next_after())
    };
    every.map(|(k, p, l)| peek(look(k, p, l))).collect()
}

proptest! {
    #![proptest_config(cases(300))]

    #[test]
    fn a_store_that_was_read_back_answers_as_the_one_that_was_written(
        before in steps(),
        after in steps(),
    ) {
        let clock = ManualClock::starting_at(START);
        let limiter = store().capacity(100).clock(clock.clone()).build();
        for step in &before {
            clock.advance(ns(step.wait));
            answer(&limiter, step);
        }
        let again = read(&written(&limiter), &clock).unwrap();
        prop_assert_eq!(all_answers(&again), all_answers(&limiter));
        for step in &after {
            clock.advance(ns(step.wait));
            prop_assert_eq!(answer(&again, step), answer(&limiter, step));
        }
        prop_assert_eq!(all_answers(&again), all_answers(&limiter));
    }

    #[test]
    fn a_restart_is_as_if_there_had_been_none(before in steps(), down in 0..2 * DAY) {
        let clock = ManualClock::starting_at(START);
        let limiter = store().capacity(100).clock(clock.clone()).build();
        for step in &before {
            clock.advance(ns(step.wait));
            answer(&limiter, step);
        }
        let (again, _) = restarted(&limiter, &clock, ns(down));
        clock.advance(ns(down));
        prop_assert_eq!(all_answers(&again), all_answers(&limiter));
    }

    #[test]
    fn a_clock_that_was_set_back_never_gives_back_sooner(
        before in steps(),
        back in prop_oneof![0..100u64, 0..100_000u64, 0..100_000_000u64],
        waits in prop::collection::vec(0..50_000u64, 1..8),
    ) {
        let clock = ManualClock::starting_at(START);
        let limiter = store().capacity(100).clock(clock.clone()).build();
        for step in &before {
            clock.advance(ns(step.wait));
            answer(&limiter, step);
        }
        let earlier = ManualClock::starting_at(clock.unix(clock.now()) - secs(back));
        let again = read(&written(&limiter), &earlier).unwrap();
        for wait in waits {
            clock.advance(secs(wait));
            earlier.advance(secs(wait));
            for step in &before {
                let plan = policy(step.policy, step.limit);
                let [was, is] = [&limiter, &again].map(|l| l.peek_key(&step.key, &plan, 0));
                prop_assert!(was.binding().used() <= is.binding().used(), "{was:?} {is:?}");
            }
        }
    }

    #[test]
    fn whatever_is_changed_it_is_an_error_and_no_store(
        changes in prop::collection::vec((any::<prop::sample::Index>(), 1..=255u8), 1..20),
        cut in prop::option::of(any::<prop::sample::Index>()),
    ) {
        let (mut bytes, clock) = small_snapshot();
        let whole = bytes.clone();
        for (at, change) in changes {
            let at = at.index(bytes.len());
            bytes[at] ^= change;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        prop_assert!(bytes == whole || read(&bytes, &clock).is_err());
    }

    #[test]
    fn no_bytes_at_all_make_it_panic(
        has_head in any::<bool>(),
        garbage in prop::collection::vec(any::<u8>(), 0..300),
    ) {
        let clock = ManualClock::starting_at(START);
        let head = b"RLMEMORY\x01\0\0\0".iter().filter(|_| has_head);
        let bytes: Vec<u8> = head.copied().chain(garbage).collect();
        prop_assert!(read(&bytes, &clock).is_err());
    }
}
