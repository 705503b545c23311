//! Events as numbers, for whatever recorder there is.
#![cfg(feature = "metrics")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod client;

use std::collections::BTreeMap;
use std::time::Duration;

use client::{Answer, Server, answer, get};
use metrics_util::debugging::{DebugValue, DebuggingRecorder};
use ratelimit_core::Quota;
use ratelimit_tower::observe::Metrics;
use ratelimit_tower::retry::RetryLayer;
use ratelimit_tower::throttle::ThrottleLayer;
use tower::{ServiceBuilder, ServiceExt};

fn stating(status: u16, left: &str, unit: &str) -> Answer {
    let policy = format!(r#""a";q=60;w=60;qu="{unit}""#);
    let left = format!(r#""a";r={left};t=30"#);
    let lines = [
        ("ratelimit-policy", policy.as_str()),
        ("ratelimit", left.as_str()),
        ("retry-after", "30"),
    ];
    Some(answer(status, &lines[..2 + usize::from(status == 429)]))
}

/// Each series with its labels, and its value; of a histogram how many values it has.
fn recorded(metrics: fn() -> Metrics) -> BTreeMap<String, f64> {
    let recorder = DebuggingRecorder::new();
    let snapshotter = recorder.snapshotter();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap();
    metrics::with_local_recorder(&recorder, || runtime.block_on(send(metrics())));
    let series = snapshotter.snapshot().into_vec().into_iter();
    let series = series.map(|(key, _, about, value)| {
        assert!(about.is_some(), "{key:?} is not described");
        let key = key.key();
        let labels = key.labels().map(|l| format!(" {}={}", l.key(), l.value()));
        let value = match value {
            DebugValue::Counter(count) => count as f64,
            DebugValue::Gauge(value) => value.into_inner(),
            DebugValue::Histogram(values) => values.len() as f64,
        };
        (
            format!("{}{}", key.name(), labels.collect::<String>()),
            value,
        )
    });
    series.collect()
}

/// Two are sent, one of them again; the third is not sent.
async fn send(metrics: Metrics) {
    let answers = [
        stating(200, "50", "requests"),
        stating(429, "0", "requests"),
        stating(200, "7", "made-up-by-the-server"),
    ];
    let throttle = ThrottleLayer::new(Quota::per_minute(60).burst(3))
        .with_cost(|request| if request.path() == "/huge" { 1000 } else { 1 })
        .with_pause_jitter(Duration::ZERO)
        .with_observer(metrics);
    let stack = ServiceBuilder::new()
        .layer(RetryLayer::new().with_observer(metrics))
        .layer(throttle)
        .service(Server::new(answers));
    for _ in 0..2 {
        assert!(stack.clone().oneshot(get("/secret")).await.is_ok());
    }
    assert!(stack.oneshot(get("/huge")).await.is_err());
}

#[test]
fn what_happens_is_counted_under_few_labels() {
    let recorded = recorded(Metrics::new);
    for (series, value) in [
        ("requests_total", 3.0),
        ("wait_seconds", 3.0),
        ("waiting", 0.0),
        ("refused_total", 1.0),
        ("pauses_total", 1.0),
        ("retries_total", 1.0),
        ("not_sent_total reason=cost", 1.0),
        ("low_total unit=requests", 1.0),
        ("remaining unit=requests", 0.0),
        ("limit unit=requests", 60.0),
        ("reset_seconds unit=requests", 30.0),
        ("shared unit=requests", 0.0),
        ("share unit=requests", 1.0),
        ("remaining unit=other", 7.0),
    ] {
        let name = format!("ratelimit_client_{series}");
        assert_eq!(recorded.get(&name), Some(&value), "{name} in {recorded:#?}");
    }
    let all = format!("{recorded:?}");
    assert!(!all.contains("secret") && !all.contains("example") && !all.contains("made-up"));
}

#[test]
fn a_host_is_a_label_only_if_that_is_asked_for() {
    let recorded = recorded(|| Metrics::new().with_host());
    assert!(
        recorded.keys().all(|key| key.contains(" host=api.example")),
        "{recorded:#?}"
    );
    assert_eq!(
        recorded["ratelimit_client_requests_total host=api.example"],
        3.0
    );
}
