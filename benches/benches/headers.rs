#![allow(missing_docs, reason = "what the macros of criterion make has none")]
//! Reading the rate-limit headers of a response: of common ones, and of those that say nothing.
//!
//! `cargo bench -p ratelimit-benches --bench headers`

use std::hint::black_box;
use std::time::{Duration, SystemTime};

use criterion::{Criterion, criterion_group, criterion_main};
use http::{HeaderMap, HeaderName, HeaderValue};
use ratelimit_headers::read;

/// Mon, 02 Mar 2026 12:00:00 GMT
const NOW: Duration = Duration::from_secs(1_772_452_800);

type Lines = &'static [(&'static str, &'static str)];

/// What a response has anyway.
const USUAL: Lines = &[
    ("date", "Mon, 02 Mar 2026 12:00:00 GMT"),
    ("content-type", "application/json; charset=utf-8"),
    ("content-length", "1024"),
    ("server", "nginx"),
    ("vary", "accept-encoding"),
    ("cache-control", "private, no-store"),
];

const X_RATE_LIMIT: Lines = &[
    ("x-ratelimit-limit", "60"),
    ("x-ratelimit-remaining", "12"),
    ("x-ratelimit-reset", "1772452860"),
    ("retry-after", "5"),
];

const PAIR: Lines = &[
    ("ratelimit", r#""default";r=50;t=30"#),
    ("ratelimit-policy", r#""default";q=100;w=60"#),
];

const TRIO: Lines = &[
    ("ratelimit-limit", "100, 100;w=60"),
    ("ratelimit-remaining", "50"),
    ("ratelimit-reset", "30"),
];

const OPENAI: Lines = &[
    ("x-ratelimit-limit-requests", "60"),
    ("x-ratelimit-limit-tokens", "150000"),
    ("x-ratelimit-remaining-requests", "59"),
    ("x-ratelimit-remaining-tokens", "149984"),
    ("x-ratelimit-reset-requests", "1s"),
    ("x-ratelimit-reset-tokens", "6m0s"),
];

fn response(lines: &[Lines], unrelated: usize) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in lines.iter().copied().flatten() {
        headers.append(*name, HeaderValue::from_static(value));
    }
    for number in 0..unrelated {
        let name = HeaderName::try_from(format!("x-unrelated-header-{number}"));
        headers.append(name.expect("a legal name"), HeaderValue::from_static("1"));
    }
    headers
}

fn reading(c: &mut Criterion) {
    let mut group = c.benchmark_group("read");
    let responses = [
        ("nothing", response(&[USUAL], 0)),
        ("nothing, 40 fields", response(&[USUAL], 34)),
        ("x-ratelimit", response(&[X_RATE_LIMIT], 0)),
        (
            "x-ratelimit, usual fields",
            response(&[USUAL, X_RATE_LIMIT], 0),
        ),
        (
            "x-ratelimit, 40 others",
            response(&[USUAL, X_RATE_LIMIT], 34),
        ),
        ("ietf-08+ pair", response(&[PAIR], 0)),
        ("ietf-08+ pair, usual fields", response(&[USUAL, PAIR], 0)),
        ("ietf-trio with a list", response(&[TRIO], 0)),
        ("openai", response(&[USUAL, OPENAI], 0)),
    ];
    let now = SystemTime::UNIX_EPOCH + NOW;
    for (name, headers) in &responses {
        group.bench_function(*name, |b| {
            b.iter(|| black_box(read(black_box(headers), now)));
        });
    }
    group.finish();
}

criterion_group!(benches, reading);
criterion_main!(benches);
