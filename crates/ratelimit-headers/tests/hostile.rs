//! Headers from somebody who wants to cost us something.

mod common;

use common::{NOW, at};
use http::{HeaderMap, HeaderName, HeaderValue};
use ratelimit_headers::read;
use std::time::{Duration, Instant};

/// One of each kind of field.
const NAMES: [&str; 21] = [
    "ratelimit",
    "ratelimit-policy",
    "ratelimit-limit",
    "x-ratelimit-limit",
    "x-rate-limit-limit",
    "x-ratelimit-remaining",
    "x-ratelimit-used",
    "x-ratelimit-reset",
    "x-ratelimit-reset-after",
    "x-ratelimit-bucket",
    "x-ratelimit-interval",
    "x-ratelimit-limit-tokens",
    "x-hubspot-ratelimit-interval-milliseconds",
    "x-shopify-shop-api-call-limit",
    "x-sentry-rate-limits",
    "zendesk-ratelimit-a",
    "retry-after",
    "retry-after-ms",
    "x-ratelimit-retry-after",
    "date",
    "age",
];

const LENGTH: usize = 65_536;

/// Real time only as a fence: quadratic work on these inputs would take minutes.
#[track_caller]
fn in_linear_time(headers: &HeaderMap) {
    #[allow(clippy::disallowed_methods)] // The code under test never sees it.
    let start = Instant::now();
    let reading = read(headers, at(NOW));
    assert!(start.elapsed() < Duration::from_secs(5));
    assert!(reading.policies().len() <= LENGTH);
}

fn with_value(value: &[u8]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for name in NAMES {
        if let Ok(value) = HeaderValue::from_bytes(value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    }
    headers
}

#[test]
fn values_of_64_kib_are_read_in_linear_time() {
    let pieces: [&[u8]; 24] = [
        b"9",
        b"0.",
        b".",
        b"-",
        b" ",
        b"\t",
        b",",
        b";",
        b":",
        b"/",
        b"=",
        b"\"",
        b"\\",
        b"(",
        b"5, ",
        b"5;w=1, ",
        b"\"b\";r=3;q=1, ",
        b"limit=1, ",
        b"1s",
        b"1h1\xc2\xb5s",
        b"7:a,",
        b"total=1;",
        b"\xff",
        b"a;r=1;",
    ];
    for piece in pieces {
        let text = piece.repeat(LENGTH / piece.len());
        in_linear_time(&with_value(&text));
        in_linear_time(&with_value(&[b"2026-03-02T12:00:00", &text[..]].concat()));
        in_linear_time(&with_value(&[&text[..], b"1;w=1"].concat()));
    }
}

#[test]
fn ten_thousand_lines_of_each_field_are_read_in_linear_time() {
    for value in ["5;w=9", "\"a\";r=9;q=9;pk=:AQ==:"] {
        let mut headers = HeaderMap::new();
        for name in NAMES {
            for number in 0..10_000 {
                let value = format!("{value}{}", if number % 2 == 0 { "" } else { " " });
                if let Ok(value) = HeaderValue::try_from(value) {
                    headers.append(HeaderName::from_static(name), value);
                }
            }
        }
        in_linear_time(&headers);
    }
}

#[test]
fn tens_of_thousands_of_names_are_read_in_linear_time() {
    let mut headers = HeaderMap::new();
    for number in 0..20_000 {
        for name in [
            format!("zendesk-ratelimit-{number}"),
            format!("x-ratelimit-limit-{number}"),
        ] {
            let name = HeaderName::try_from(name).ok();
            let added =
                name.map(|name| headers.try_append(name, HeaderValue::from_static("total=5")));
            if !matches!(added, Some(Ok(_))) {
                break;
            }
        }
    }
    assert!(headers.len() > 20_000);
    in_linear_time(&headers);
    assert!(read(&headers, at(NOW)).policies().len() > 10_000);
}

#[test]
fn no_number_wraps_or_saturates() {
    let ages = ["", "0"];
    let numbers = [
        "9223372036854775807",
        "9223372036854775808",
        "18446744073709551615",
        "18446744073709551616",
        "340282366920938463463374607431768211456",
        "18446744073709551615.999999999999999999999999999999",
    ];
    for (number, age) in numbers.into_iter().zip(ages.into_iter().cycle()) {
        let mut headers = with_value(number.as_bytes());
        headers.insert("age", HeaderValue::from_static(age));
        let reading = read(&headers, at(NOW));
        let fits = number == numbers[0];
        for policy in reading.policies() {
            assert!(fits || policy.limit().is_none() && policy.remaining().unwrap_or(0) == 0);
            assert_eq!(policy.reset_after(), None, "{number}");
        }
        // Of milliseconds the type holds more than of counts.
        let holds = number.parse::<u64>().ok().map(Duration::from_millis);
        assert_eq!(reading.retry_after(), holds);
    }
}
