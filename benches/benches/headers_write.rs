#![allow(missing_docs, reason = "what the macros of criterion make has none")]
//! Writing the rate-limit headers of a response: the usual families, the others, and by hand.
//!
//! `cargo bench -p ratelimit-benches --bench headers_write`

use std::hint::black_box;
use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};
use http::{HeaderMap, HeaderName, HeaderValue};
use ratelimit_headers::{Dialects, Existing, PolicyState, Writer, write_retry_after};

/// Mon, 02 Mar 2026 12:00:00 GMT
const NOW: Duration = Duration::from_secs(1_772_452_800);

const MINUTE: PolicyState<'_> = PolicyState::new("minute", 600, 599, Duration::from_secs(60))
    .with_reset_after(Duration::from_millis(100))
    .with_next_after(Duration::from_millis(100));
const DAY: PolicyState<'_> = PolicyState::new("day", 100_000, 99_999, Duration::from_secs(86_400));

const DIALECTS: [(&str, Dialects); 9] = [
    ("x-ratelimit", Dialects::X_RATE_LIMIT),
    ("ietf", Dialects::IETF),
    ("both", Dialects::X_RATE_LIMIT.union(Dialects::IETF)),
    ("x-ratelimit-delta", Dialects::X_RATE_LIMIT_DELTA),
    ("envoy", Dialects::ENVOY),
    ("ietf-trio", Dialects::IETF_TRIO),
    ("ietf-07", Dialects::IETF_07),
    ("openai", Dialects::OPENAI),
    ("anthropic", Dialects::ANTHROPIC),
];

/// What a response has anyway. It is emptied for each round, so what a map needs for itself is not measured.
fn response() -> HeaderMap {
    HeaderMap::with_capacity(32)
}

fn write(headers: &mut HeaderMap, writer: Writer, policies: &[PolicyState<'_>]) {
    headers.clear();
    let all = black_box(policies).iter().copied();
    writer.write(headers, &policies[0], all, black_box(NOW));
}

fn writing(c: &mut Criterion) {
    for (name, policies) in [
        ("write one policy", &[MINUTE][..]),
        ("write two policies", &[MINUTE, DAY]),
    ] {
        let mut group = c.benchmark_group(name);
        let mut headers = response();
        for (dialect, dialects) in DIALECTS {
            let writer = Writer::new(dialects);
            group.bench_function(dialect, |b| {
                b.iter(|| write(&mut headers, writer, policies));
            });
        }
        group.finish();
    }
}

/// Three headers as they are written without this crate.
fn by_hand(headers: &mut HeaderMap, policy: &PolicyState<'_>) {
    headers.clear();
    let reset = (NOW + policy.reset_after).as_secs() + 1;
    for (name, number) in [
        (HeaderName::from_static("x-ratelimit-limit"), policy.limit),
        (
            HeaderName::from_static("x-ratelimit-remaining"),
            policy.remaining,
        ),
        (HeaderName::from_static("x-ratelimit-reset"), reset),
    ] {
        headers.insert(name, HeaderValue::from(number));
    }
}

fn around(c: &mut Criterion) {
    let mut group = c.benchmark_group("write");
    let mut headers = response();
    group.bench_function("three headers by hand", |b| {
        b.iter(|| by_hand(&mut headers, black_box(&MINUTE)));
    });
    group.bench_function("retry-after", |b| {
        b.iter(|| write_retry_after(&mut headers, black_box(Duration::from_millis(1500))));
    });
    let writer = Writer::default().with_existing(Existing::Replace);
    group.bench_function("both, in place of both", |b| {
        b.iter(|| writer.write(&mut headers, &MINUTE, [MINUTE].into_iter(), black_box(NOW)));
    });
    let writer = Writer::default();
    group.bench_function("both, merged with both", |b| {
        b.iter(|| writer.write(&mut headers, &MINUTE, [MINUTE].into_iter(), black_box(NOW)));
    });
    group.finish();
}

criterion_group!(benches, writing, around);
criterion_main!(benches);
