//! Headers from somebody who wants to cost us something.

mod common;

use common::{NOW, assert_linear, at};
use http::{HeaderMap, HeaderName, HeaderValue};
use ratelimit_headers::read;
use std::time::Duration;

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

fn read_all(headers: &mut HeaderMap) {
    let reading = read(headers, at(NOW));
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
        for (head, tail) in [
            (&b""[..], &b""[..]),
            (b"2026-03-02T12:00:00", b""),
            (b"", b"1;w=1"),
        ] {
            let make = |length| {
                let text = piece.repeat(length / piece.len());
                with_value(&[head, &text[..], tail].concat())
            };
            assert_linear(LENGTH, make, read_all);
        }
    }
}

#[test]
fn ten_thousand_lines_of_each_field_are_read_in_linear_time() {
    for value in ["5;w=9", "\"a\";r=9;q=9;pk=:AQ==:"] {
        let make = |lines| {
            let mut headers = HeaderMap::new();
            for (name, number) in NAMES
                .iter()
                .flat_map(|name| (0..lines).map(move |n| (name, n)))
            {
                let value = format!("{value}{}", if number % 2 == 0 { "" } else { " " });
                if let Ok(value) = HeaderValue::try_from(value) {
                    headers.append(HeaderName::from_static(name), value);
                }
            }
            headers
        };
        assert_linear(10_000, make, read_all);
    }
}

#[test]
fn tens_of_thousands_of_names_are_read_in_linear_time() {
    let make = |names| {
        let mut headers = HeaderMap::new();
        for number in 0..names / 2 {
            for family in ["zendesk-ratelimit-", "x-ratelimit-limit-"] {
                let name = HeaderName::try_from(format!("{family}{number}"));
                headers.insert(
                    name.expect("a legal name"),
                    HeaderValue::from_static("total=5"),
                );
            }
        }
        headers
    };
    assert_linear(24_000, make, read_all);
    assert_eq!(read(&make(24_000), at(NOW)).policies().len(), 12_000);
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
        // What a count can hold is told as it is, and nothing else.
        let counts = [
            None,
            Some(0),
            number.parse().ok().filter(|_| number == numbers[0]),
        ];
        let delays = [None, whole_seconds(number)];
        for policy in reading.policies() {
            assert!(counts.contains(&policy.limit()), "{number} {policy:?}");
            assert!(counts.contains(&policy.remaining()), "{number} {policy:?}");
            assert!(
                delays.contains(&policy.reset_after()),
                "{number} {policy:?}"
            );
        }
        // Of milliseconds the type holds more than of counts.
        let holds = number.parse::<u64>().ok().map(Duration::from_millis);
        assert_eq!(reading.retry_after(), holds);
    }
}

/// As many seconds as there are, if milliseconds can count them.
fn whole_seconds(number: &str) -> Option<Duration> {
    let seconds: u64 = number.parse().ok()?;
    seconds.checked_mul(1000).map(Duration::from_millis)
}
