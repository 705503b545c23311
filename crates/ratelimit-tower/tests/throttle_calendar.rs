//! Where the periods of a client's plan begin: on the wall, not when the client does.

mod client;

use std::time::Duration;

use client::{Server, get};
use ratelimit_core::{Calendar, ManualClock, Plan, Policy, Quota, StdClock};
use ratelimit_tower::throttle::ThrottleLayer;
use tower::{Layer, ServiceExt};

const HOUR: Duration = Duration::from_secs(3600);
/// 2026-01-31T22:00:00Z.
const EVENING: Duration = Duration::from_secs(1_769_896_800);

fn two_a_month() -> Plan {
    let calendar: Calendar = "month in UTC".parse().expect("it is one");
    Plan::try_from(Policy::calendar("month", 2, calendar)).expect("one policy is a plan")
}

/// When four are sent at once, in minutes.
async fn minutes(layer: ThrottleLayer) -> Vec<u128> {
    let server = Server::new([]);
    let throttle = layer.layer(server.clone());
    for path in ["/1", "/2", "/3", "/4"] {
        let sent = throttle.clone().oneshot(get(path)).await;
        sent.expect("the server answers");
    }
    let times = server.times();
    times.into_iter().map(|time| time / 60_000).collect()
}

#[tokio::test(start_paused = true)]
async fn a_month_begins_on_the_first_and_not_with_the_client() {
    let layer =
        ThrottleLayer::new(two_a_month()).with_wall_clock(ManualClock::starting_at(EVENING));
    assert_eq!(minutes(layer).await, [0, 0, 120, 120]);
}

#[tokio::test(start_paused = true)]
async fn an_hour_begins_on_the_hour() {
    let hour = Policy::fixed_window("hour", Quota::per_hour(2));
    let late = ManualClock::starting_at(EVENING + HOUR / 4);
    let layer = ThrottleLayer::adaptive()
        .with_wall_clock(late)
        .with_plan(Plan::try_from(hour).unwrap());
    assert_eq!(minutes(layer).await, [0, 0, 45, 45]);
}

#[tokio::test(start_paused = true)]
async fn a_clock_that_comes_late_reaches_the_gates_and_leaves_other_layers_alone() {
    let first =
        ThrottleLayer::new(two_a_month()).with_wall_clock(ManualClock::starting_at(EVENING));
    let gate = first.gate(&get("/")).unwrap();
    drop((gate.try_pass(1), gate.try_pass(1)));
    let noon = EVENING - 10 * HOUR;
    let second = first
        .clone()
        .with_wall_clock(ManualClock::starting_at(noon));
    assert_eq!(minutes(second).await, [0, 0, 720, 720]);
    // As long has passed there, and it is the first of February.
    let passes = (gate.try_pass(1), gate.try_pass(1), gate.try_pass(1));
    assert!(matches!(passes, (Some(_), Some(_), None)));
}

#[tokio::test(start_paused = true)]
async fn without_a_word_it_is_the_systems_clock() {
    let layer = ThrottleLayer::new(Quota::per_minute(1));
    let gate = layer.gate(&get("/")).unwrap();
    let system = ratelimit_core::Clock::now(&StdClock::new());
    let apart = system
        .saturating_since(gate.now())
        .max(gate.now().saturating_since(system));
    assert!(apart < HOUR, "{apart:?}");
}
