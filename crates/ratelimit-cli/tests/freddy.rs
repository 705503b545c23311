//! What Freddy promises: a minute and a day as token buckets, and caps for background operations.

#![allow(clippy::unwrap_used)] // A call that fails is a test that fails.

mod common;

use common::bench::{Bench, Told, example};
use common::{Answer, Gateway, Wire};
use http::Request;

/// 2024-01-01T00:00:00Z.
const NOW: u64 = 1_704_067_200;

fn bench() -> Bench {
    Bench::at(NOW, &example("freddy.toml"))
}

fn get(bench: &mut Bench, key: &str) -> Told {
    bench.call(Request::get("/v1/chat").header("api-key", key))
}

fn call(wire: &mut Wire, lines: &str, target: &str) -> Answer {
    wire.get(target, lines);
    wire.answer()
}

#[test]
fn each_profile_has_its_burst_and_then_its_rate() {
    for (key, burst, limit) in [
        ("ak_standard", 120, 100),
        ("ak_premium", 1_200, 1_000),
        ("ak_enterprise", 6_000, 5_000),
    ] {
        let mut bench = bench();
        for remaining in (0..burst).rev() {
            let told = get(&mut bench, key);
            assert_eq!(told.status(), 200);
            assert_eq!(told.number("x-ratelimit-limit"), limit);
            assert_eq!(told.number("x-ratelimit-remaining"), remaining);
            assert_eq!(told.number("x-ratelimit-retry-after"), 0);
            assert!(!told.has("retry-after"));
        }
        assert_eq!(get(&mut bench, key).status(), 429);
        // In the long run, the limit and no more.
        let mut admitted = 0;
        for _ in 0..300 {
            bench.advance(1);
            while get(&mut bench, key).status() == 200 {
                admitted += 1;
            }
        }
        assert_eq!(admitted, limit * 5, "{key}");
    }
}

#[test]
fn the_429_is_exactly_what_its_clients_read() {
    let mut bench = bench();
    for _ in 0..120 {
        get(&mut bench, "ak_standard");
    }
    let refused = get(&mut bench, "ak_standard");
    assert_eq!(refused.status(), 429);
    assert_eq!(refused.number("retry-after"), 1);
    assert_eq!(refused.number("x-ratelimit-retry-after"), 1);
    assert_eq!(refused.number("x-ratelimit-remaining"), 0);
    // 120 units flow back in 72 seconds.
    assert_eq!(refused.number("x-ratelimit-reset"), NOW + 72);
    assert_eq!(refused.header("content-type"), "application/json");
    assert_eq!(
        refused.text(),
        r#"{"detail":"Rate limit exceeded","status_code":429,"error_type":"RateLimitError","retry_after":1,"limit":100,"reset_at":"2024-01-01T00:01:12Z"}"#
    );
    bench.advance(1);
    assert_eq!(get(&mut bench, "ak_standard").status(), 200);
}

#[test]
fn the_day_binds_whoever_keeps_within_the_minute() {
    let mut bench = bench();
    let mut admitted: u64 = 0;
    let refused = loop {
        let told = get(&mut bench, "ak_standard");
        if told.status() == 200 {
            admitted += 1;
        } else if told.number("x-ratelimit-limit") == 10_000 {
            break told;
        } else {
            assert_eq!(told.number("x-ratelimit-limit"), 100);
            bench.advance(6);
        }
    };
    // Of the day's bucket 10,000 at once, and what has flowed back since.
    let seconds = bench.unix() - NOW;
    assert_eq!(admitted, 10_000 + seconds * 10_000 / 86_400);
    let wait = refused.number("retry-after");
    assert!((1..=9).contains(&wait), "{wait}");
    let body = refused.text();
    assert!(body.contains(r#""limit":10000,"#), "{body}");
    bench.advance(wait);
    assert_eq!(get(&mut bench, "ak_standard").status(), 200);
}

#[test]
fn over_sockets_the_burst_passes_and_then_a_429_is_told() {
    let gateway = Gateway::example("freddy.toml");
    let mut wire = gateway.connect();
    let mut admitted = 0;
    let refused = loop {
        let answer = call(&mut wire, "api-key: ak_standard\r\n", "/v1/chat");
        if answer.status != 200 {
            break answer;
        }
        assert_eq!(answer.number("x-ratelimit-retry-after"), 0);
        admitted += 1;
    };
    // A slow machine gives the bucket time to fill.
    assert!((120..400).contains(&admitted), "{admitted}");
    assert_eq!(refused.status, 429);
    assert_eq!(
        refused.header("retry-after"),
        refused.header("x-ratelimit-retry-after")
    );
    let body: serde_json::Value = serde_json::from_str(&refused.body).unwrap();
    assert_eq!(body["retry_after"], refused.number("retry-after"));
    assert_eq!(
        (&body["limit"], &body["status_code"]),
        (&100.into(), &429.into())
    );
    assert!(body["reset_at"].as_str().unwrap().ends_with('Z'));
}

#[test]
fn a_user_has_a_profile_of_its_own_and_the_api_key_comes_first() {
    let gateway = Gateway::example("freddy.toml");
    let mut wire = gateway.connect();
    let user = "authorization: Bearer user_token\r\n";
    assert_eq!(call(&mut wire, user, "/").number("x-ratelimit-limit"), 30);
    let both = format!("api-key: ak_premium\r\n{user}");
    assert_eq!(
        call(&mut wire, &both, "/").number("x-ratelimit-limit"),
        1_000
    );
    // A key that is not known is not looked past, and neither is one that stands twice.
    for wrong in [
        "api-key: nobody\r\n",
        "api-key: ak_premium\r\napi-key: ak_standard\r\n",
    ] {
        let answer = call(&mut wire, &format!("{wrong}{user}"), "/");
        assert_eq!(answer.status, 401, "{wrong}");
    }
    let nobody = call(&mut wire, "", "/");
    assert_eq!(
        (nobody.status, nobody.body.as_str()),
        (
            401,
            r#"{"detail":"Missing API key.","status_code":401,"error_type":"AuthenticationError"}"#
        )
    );
}

#[test]
fn background_operations_have_caps_of_their_own() {
    let gateway = Gateway::example("freddy.toml");
    let key = "api-key: ak_standard\r\n";
    let marked = format!("{key}x-background: true\r\n");
    for (lines, target, cap) in [
        (marked.as_str(), "/v1/chat?delay_ms=60000", 3),
        (key, "/v1/background/reindex?delay_ms=60000", 2),
    ] {
        let mut running: Vec<(Wire, Answer)> = Vec::new();
        for _ in 0..cap + 1 {
            let mut wire = gateway.connect();
            wire.get(target, lines);
            let head = wire.head();
            running.push((wire, head));
        }
        let (mut wire, refused) = running.pop().unwrap();
        assert!(
            running.iter().all(|(_, head)| head.status == 200),
            "{target}"
        );
        assert_eq!(refused.status, 429);
        assert_eq!(refused.number("retry-after"), 1);
        let body = wire.body(&refused);
        let expected = format!(
            r#"{{"detail":"Too many background operations at once","status_code":429,"error_type":"ConcurrencyLimitError","retry_after":1,"limit":{cap},"reset_at":null}}"#
        );
        assert_eq!(body, expected);
        // What is done in the foreground goes on, and so does another caller.
        assert_eq!(call(&mut gateway.connect(), key, "/v1/chat").status, 200);
        let other = lines.replace("standard", "premium");
        assert_eq!(call(&mut gateway.connect(), &other, "/v1/chat").status, 200);
    }
}
