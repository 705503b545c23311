//! What a caller is told of its usage, and that asking costs nothing.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod common;

use std::convert::Infallible;
use std::time::Duration;

use bytes::Bytes;
use common::{header, hello, of, request, send, status, text};
use http::Response;
use ratelimit_core::{Calendar, ManualClock, Memory, Plan, Policy, PolicyStatus, Quota};
use ratelimit_tower::key;
use ratelimit_tower::limit::{Anonymous, ByUnit, Meter, RateLimitLayer, UsageReport};
use tower::{Layer, ServiceExt};

/// 2024-02-10T12:00:00Z, and the month around it.
const NOW: u64 = 1_707_566_400;
const FEBRUARY: (u64, u64) = (1_706_745_600_000, 1_709_251_200_000);

fn free() -> Plan {
    let month = Calendar::monthly("UTC").unwrap();
    let policies = [
        Policy::sliding_log("hour", Quota::per_hour(100)),
        Policy::calendar("month", 1_000, month).with_unit("executions"),
        Policy::concurrency("at-once", 5).with_unit("executions"),
    ];
    Plan::new("free", policies).unwrap()
}

fn layer() -> (RateLimitLayer, ManualClock) {
    let clock = ManualClock::starting_at(Duration::from_secs(NOW));
    let memory = Memory::builder().clock(clock.clone()).build();
    let executions = Meter::new("executions")
        .with_cost(|head| u32::from(head.path().starts_with("/v1/executions")));
    let layer = RateLimitLayer::with_limiter(memory, free())
        .with_key(key::bearer)
        .with_anonymous(Anonymous::Refuse)
        .with_meter(executions);
    (layer, clock)
}

fn bearer(path: &str, token: &str) -> http::Request<common::Body> {
    request(path, &[("authorization", &format!("Bearer {token}"))])
}

#[tokio::test]
async fn each_unit_is_told_and_asking_costs_nothing() {
    let (layer, _clock) = layer();
    let (service, usage) = (layer.layer(hello()), layer.usage(ByUnit));
    for path in ["/v1/executions", "/v1/executions/7", "/v1/list"] {
        assert_eq!(status(&service, bearer(path, "tok")).await.as_u16(), 200);
    }
    let (start, end) = FEBRUARY;
    let expected = format!(
        "{{\"period\":{{\"start\":{start},\"end\":{end}}},\
         \"requests\":{{\"used\":3,\"limit\":100,\"remaining\":97}},\
         \"executions\":{{\"used\":2,\"limit\":1000,\"remaining\":998}}}}"
    );
    for _ in 0..200 {
        let answer = send(&usage, of("tok")).await;
        assert_eq!(header(answer.headers(), "content-type"), "application/json");
        assert_eq!(header(answer.headers(), "cache-control"), "no-store");
        assert_eq!(text(answer).await, expected);
    }
    let other = text(send(&usage, of("other")).await).await;
    assert!(
        other.contains(r#""requests":{"used":0,"limit":100,"remaining":100}"#),
        "{other}"
    );
}

#[tokio::test]
async fn who_is_not_known_is_answered_as_the_layer_answers() {
    let (layer, _clock) = layer();
    let answer = send(&layer.usage(ByUnit), request("/v1/usage", &[])).await;
    assert_eq!(answer.status().as_u16(), 401);
    assert_eq!(header(answer.headers(), "www-authenticate"), "Bearer");
    let by_address = layer.with_anonymous(Anonymous::ByAddress(free()));
    let answer = send(&by_address.usage(ByUnit), request("/v1/usage", &[])).await;
    assert_eq!(answer.status().as_u16(), 200);
    let pass = by_address.with_anonymous(Anonymous::Pass);
    let answer = send(&pass.usage(ByUnit), request("/v1/usage", &[])).await;
    assert_eq!(text(answer).await, "{}");
}

#[tokio::test]
async fn a_plan_that_is_looked_up_is_looked_up_here_too() {
    let (layer, _clock) = layer();
    let layer = layer.with_look_up(|head: &ratelimit_tower::Head<'_>| {
        let found = (head.bearer() == Some("tok")).then(free);
        async move {
            tokio::task::yield_now().await;
            Ok::<_, Infallible>(found)
        }
    });
    let usage = layer.usage(ByUnit);
    assert_eq!(send(&usage, of("tok")).await.status().as_u16(), 200);
    assert_eq!(send(&usage, of("stranger")).await.status().as_u16(), 401);
}

#[tokio::test]
async fn the_form_is_free_and_the_tightest_of_a_unit_speaks_for_it() {
    let clock = ManualClock::starting_at(Duration::from_secs(NOW));
    let memory = Memory::builder().clock(clock.clone()).build();
    let minute = Policy::gcra("minute", Quota::per_minute(10));
    let day = Policy::sliding_log("day", Quota::per_day(100));
    let plan = Plan::new("p", [day, minute]).unwrap();
    let layer = RateLimitLayer::with_limiter(memory, plan).with_key(key::bearer);
    let form = |usage: &UsageReport<'_>| {
        assert_eq!(usage.unix_now(), Duration::from_secs(NOW));
        let day = Duration::from_secs(24 * 3600);
        assert_eq!(
            usage.period(),
            Some((usage.unix_now() - day, usage.unix_now()))
        );
        let names: Vec<_> = usage.policies().map(PolicyStatus::name).collect();
        let units = usage.units();
        let unit = (units[0].0, units[0].1.name(), units.len());
        Response::new(Bytes::from(format!("{names:?} {unit:?}")))
    };
    let answer = layer.usage(form).oneshot(of("tok")).await.unwrap();
    assert_eq!(
        text(answer).await,
        r#"["day", "minute"] ("requests", "minute", 1)"#
    );
}
