//! A gateway that speaks the language of its clients.

#![allow(clippy::unwrap_used, reason = "a call that fails is a test that fails")]

mod common;

use common::{Gateway, upstream};

const POLICY: &str = r#"
version = 1
[caller]
anonymous = "by-address:guest"
[responses]
headers = ["ietf-trio", "x-ratelimit-delta", "openai", "anthropic", "x-retry-after"]
[plans.guest]
policies = [{ name = "day", algorithm = "sliding-log", quota = "2/1d" }]
"#;

#[test]
fn every_family_that_the_file_names_is_written() {
    let gateway = Gateway::enforcing(POLICY, None);
    let answer = gateway.connect().call("", "/");
    assert_eq!(answer.status, 200);
    for name in [
        "ratelimit-remaining",
        "x-ratelimit-remaining",
        "x-ratelimit-remaining-requests",
        "anthropic-ratelimit-requests-remaining",
    ] {
        assert_eq!(answer.header(name), "1");
    }
    assert_eq!(answer.header("ratelimit-policy"), "2;w=86400");
    assert_eq!(answer.header("x-ratelimit-reset"), "86400");
    // A moment needs the clock by which it is meant.
    assert!(
        answer.has("date")
            && answer
                .header("anthropic-ratelimit-requests-reset")
                .ends_with('Z')
    );
    assert!(!answer.has("ratelimit") && !answer.has("retry-after"));
    assert_eq!(answer.header("x-ratelimit-retry-after"), "0");
}

#[test]
fn a_refusal_says_the_wait_in_both_headers() {
    let gateway = Gateway::enforcing(POLICY, None);
    let mut wire = gateway.connect();
    for status in [200, 200, 429] {
        let answer = wire.call("", "/");
        assert_eq!(answer.status, status);
        if status == 429 {
            let wait = answer.number("retry-after");
            assert!((86_000..=86_400).contains(&wait), "{wait}");
            assert_eq!(answer.number("x-ratelimit-retry-after"), wait);
        }
    }
}

#[test]
fn what_the_upstream_states_goes_if_the_file_says_so() {
    let address = upstream(|mut wire| {
        wire.head();
        wire.send(
            "HTTP/1.1 200 OK\r\nratelimit: \"x\";r=0\r\nx-ratelimit-used: 3\r\nx-ratelimit-retry-after: 9\r\n\
             retry-after: 9\r\nconnection: close\r\ncontent-length: 0\r\n\r\n",
        );
    });
    let policy = POLICY.replace("[plans", "upstream-headers = \"replace\"\n[plans");
    let answer = Gateway::enforcing(&policy, Some(address)).call("", "/");
    assert_eq!(answer.header("ratelimit-remaining"), "1");
    for name in ["ratelimit", "x-ratelimit-used", "x-ratelimit-retry-after"] {
        assert!(!answer.has(name), "{answer:?}");
    }
    // It is not about limits alone: the upstream's own 503 may say so.
    assert_eq!(answer.header("retry-after"), "9");
}
