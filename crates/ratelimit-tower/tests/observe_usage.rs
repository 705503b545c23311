//! What is counted, in virtual time.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod client;

use std::time::Duration;

use client::{Answer, Server, answer, get};
use ratelimit_core::Quota;
use ratelimit_tower::observe::Usage;
use ratelimit_tower::retry::RetryLayer;
use ratelimit_tower::throttle::ThrottleLayer;
use tokio::time::advance;
use tower::{Layer, ServiceBuilder, ServiceExt};

fn stating(status: u16, minute: &str, day: &str) -> Answer {
    let states = format!(r#""minute";r={minute};t=60, "day";r={day};t=7200, "words";r=900;t=9"#);
    let policies = r#""minute";q=60;w=60, "day";q=100;w=86400, "words";q=1000;qu="tokens";w=60"#;
    let lines = [
        ("ratelimit-policy", policies),
        ("ratelimit", states.as_str()),
        ("retry-after", "10"),
    ];
    Some(answer(status, &lines[..2 + usize::from(status == 429)]))
}

#[tokio::test(start_paused = true)]
async fn sends_refusals_retries_and_waits_are_counted() {
    let usage = Usage::new();
    let answers = [stating(200, "59", "42"), stating(429, "0", "41"), None];
    let throttle = ThrottleLayer::new(Quota::per_second(1).burst(1))
        .with_pause_jitter(Duration::ZERO)
        .with_observer(usage.clone());
    let stack = ServiceBuilder::new()
        .layer(RetryLayer::new().with_observer(usage.clone()))
        .layer(throttle)
        .service(Server::new(answers));
    for _ in 0..2 {
        assert!(stack.clone().oneshot(get("/")).await.is_ok());
    }
    let summary = usage.summary();
    assert_eq!((summary.sent, summary.ok, summary.last_minute), (4, 2, 4));
    assert_eq!((summary.refused, summary.failed), (1, 1));
    assert_eq!((summary.retries, summary.gave_up), (2, 0));
    assert_eq!((summary.pauses, summary.not_sent), (1, 0));
    assert!((summary.refused_part() - 0.25).abs() < 1e-9);
    assert_eq!(summary.longest_wait, Duration::from_secs(10));
    assert!(summary.total_wait >= Duration::from_secs(11));
    advance(Duration::from_secs(61)).await;
    let later = usage.summary();
    assert_eq!((later.sent, later.last_minute), (4, 0));
    assert!(
        later
            .to_string()
            .contains("refused   1 (25.0 %), 1 pauses, 2 retries")
    );
}

#[tokio::test(start_paused = true)]
async fn the_tightest_limit_of_each_unit_is_kept_and_its_reset_comes_nearer() {
    let usage = Usage::new();
    let layer = ThrottleLayer::new(Quota::per_second(10)).with_observer(usage.clone());
    let throttle = layer.layer(Server::new([stating(200, "59", "42")]));
    assert!(throttle.clone().oneshot(get("/")).await.is_ok());
    advance(Duration::from_secs(5)).await;
    let limits = usage.summary().limits;
    let standings: Vec<_> = limits
        .iter()
        .map(|l| (l.unit.as_str(), l.remaining, l.limit, l.reset_after))
        .collect();
    let seconds = |seconds| Some(Duration::from_secs(seconds));
    let expected = [
        ("requests", 42, Some(100), seconds(7195)),
        ("tokens", 900, Some(1000), seconds(4)),
    ];
    assert_eq!(standings, expected);
    assert!(!limits[0].shared);
    assert!((limits[0].used().unwrap() - 0.58).abs() < 1e-9);
    // An answer that says nothing leaves what was said.
    assert!(throttle.oneshot(get("/")).await.is_ok());
    assert_eq!(usage.summary().limits[0].remaining, 42);
}

#[tokio::test(start_paused = true)]
async fn whoever_waits_in_vain_has_waited() {
    let usage = Usage::new();
    let layer = ThrottleLayer::adaptive()
        .with_pause_jitter(Duration::ZERO)
        .with_longest_pause(Duration::from_secs(60))
        .with_concurrency(1)
        .with_observer(usage.clone());
    let refusal = Some(answer(429, &[("retry-after", "100")]));
    let throttle = layer.layer(Server::with_latency([refusal], Duration::from_secs(3)));
    let (first, second) = (throttle.clone(), throttle);
    let (refused, not_sent) = tokio::join!(first.oneshot(get("/")), second.oneshot(get("/")));
    assert_eq!(refused.unwrap().status(), 429);
    assert!(not_sent.is_err());
    let summary = usage.summary();
    assert_eq!((summary.sent, summary.not_sent, summary.pauses), (1, 1, 1));
    assert_eq!(summary.longest_wait, Duration::from_secs(3));
}

#[tokio::test(start_paused = true)]
async fn what_is_known_of_others_on_the_key_is_what_the_gate_goes_by() {
    let usage = Usage::new();
    let layer = ThrottleLayer::adaptive().with_observer(usage.clone());
    let gate = layer.gate(&get("/")).unwrap();
    // Others take ten for each one of ours.
    let answers = (1..6).map(|n: u64| {
        let left = (600 - 11 * n).to_string();
        let lines = [
            ("x-ratelimit-limit", "600"),
            ("x-ratelimit-remaining", left.as_str()),
            ("x-ratelimit-reset", "60"),
        ];
        Some(answer(200, &lines))
    });
    let throttle = layer.layer(Server::new(answers));
    for _ in 1..6 {
        assert!(throttle.clone().oneshot(get("/")).await.is_ok());
        let (known, told) = (gate.outlook()[0], usage.summary().limits[0].clone());
        assert_eq!((told.shared, told.share), (known.shared, known.share));
    }
}
