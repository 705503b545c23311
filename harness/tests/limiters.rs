//! The foreign limiters do what they are said to do, and a perfect client gets what there is.

use std::time::Duration;

use ratelimit_core::Timestamp;
use ratelimit_harness::limiter::{
    CountsRefused, FirstRequest, Late, Limiter, Ours, Standing, make,
};
use ratelimit_harness::{Kind, Setup};

/// Noon of some day, and so many milliseconds.
fn at(ms: u64) -> Timestamp {
    Timestamp::from_nanos(1_772_452_800_000_000_000 + ms * 1_000_000)
}

fn seconds(seconds: u64) -> Option<Duration> {
    Some(Duration::from_secs(seconds))
}

/// Asks for one unit: whether it was let in, and what is said to remain.
fn ask(limiter: &mut dyn Limiter, ms: u64) -> (bool, u64) {
    let ruling = limiter.ask(at(ms), 1, false);
    assert_eq!(ruling.admitted, ruling.retry_after.is_none());
    (ruling.admitted, ruling.standings[0].remaining)
}

#[test]
fn a_window_starts_at_the_first_request_and_not_before() {
    let mut limiter = FirstRequest::new(2);
    assert_eq!(ask(&mut limiter, 10_000), (true, 1));
    assert_eq!(ask(&mut limiter, 30_000), (true, 0));
    let refused = limiter.ask(at(69_000), 1, false);
    assert_eq!(refused.retry_after, seconds(1));
    assert_eq!(Some(refused.standings[0].reset_after), seconds(1));
    // The next one begins where it is asked for, not where the last ended.
    assert_eq!(ask(&mut limiter, 95_000), (true, 1));
    assert_eq!(ask(&mut limiter, 154_999), (true, 0));
    assert_eq!(ask(&mut limiter, 155_000), (true, 1));
}

#[test]
fn who_knocks_while_it_is_closed_stays_outside_for_longer() {
    let mut limiter = CountsRefused::new(2);
    assert_eq!(ask(&mut limiter, 0), (true, 1));
    assert_eq!(ask(&mut limiter, 1000), (true, 0));
    let refused = limiter.ask(at(30_000), 1, false);
    assert_eq!(
        refused.retry_after,
        seconds(31),
        "until two of three have left"
    );
    assert_eq!(ask(&mut limiter, 60_500), (false, 0));
    assert_eq!(ask(&mut limiter, 61_500), (false, 0));
    assert_eq!(ask(&mut limiter, 121_600), (true, 1));
}

#[test]
fn late_headers_state_what_was_and_decisions_are_exact() {
    let setup = Setup::alone(Kind::Fixed, 2);
    let [exact, stated] = [(); 2].map(|()| Ours::new(&setup, at(0)));
    let mut limiter = Late::new(exact, stated, Duration::from_millis(200));
    assert_eq!(ask(&mut limiter, 1000), (true, 2));
    assert_eq!(ask(&mut limiter, 1100), (true, 2));
    assert_eq!(ask(&mut limiter, 1150), (false, 2));
    assert_eq!(ask(&mut limiter, 1200), (false, 1));
    let late = limiter.ask(at(1300), 1, false);
    assert_eq!((late.admitted, late.standings[0].remaining), (false, 0));
    let exact = Duration::from_millis(58_700);
    assert_eq!(late.retry_after, Some(exact));
    let Standing {
        reset_after, age, ..
    } = late.standings[0];
    assert_eq!(
        reset_after.checked_sub(age),
        Some(exact),
        "the moment is right"
    );
    // The window is over, and the headers do not know it yet.
    assert_eq!(ask(&mut limiter, 60_100), (true, 0));
    assert_eq!(ask(&mut limiter, 60_250), (true, 2));
    assert_eq!(ask(&mut limiter, 60_300), (false, 1));
}

#[test]
fn a_burst_of_a_fifth_is_what_the_small_bucket_has() {
    let setup = Setup::alone(Kind::SmallBucket, 60);
    let mut limiter = make(&setup, at(0));
    let admitted = (0..60).filter(|_| ask(limiter.as_mut(), 0).0).count();
    assert_eq!(admitted, 12);
}

#[test]
fn several_limits_are_stated_with_the_one_that_binds_first() {
    let setup = Setup {
        day: Some(3),
        cap: Some(1),
        ..Setup::alone(Kind::Log, 60)
    };
    let mut limiter = make(&setup, at(0));
    let ruling = limiter.ask(at(0), 1, true);
    let names: Vec<_> = ruling
        .standings
        .iter()
        .map(|s| (s.name, s.remaining))
        .collect();
    assert_eq!(names, [("day", 2), ("minute", 59)]);
    let second = limiter.ask(at(1), 1, true);
    assert!(!second.admitted, "one is under way");
    assert_eq!(second.retry_after, None, "nobody knows when it ends");
    limiter.settle(at(2), ruling.ticket.expect("it holds a permit"), 1);
    assert!(limiter.ask(at(3), 1, true).admitted);
}
