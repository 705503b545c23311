//! What Ensemble promises: hours, months and executions at once, by token and by address, and usage.

#![allow(clippy::unwrap_used)] // A call that fails is a test that fails.

mod common;

use common::bench::{Bench, Told, example};
use common::{Answer, Gateway, Wire};
use http::Request;
use ratelimit_cli::policy::PolicyFile;

/// 2024-01-15T11:00:00Z, and the first of February.
const NOW: u64 = 1_705_316_400;
const FEBRUARY: u64 = 1_706_745_600;

fn bench() -> Bench {
    Bench::at(NOW, &example("ensemble.toml"))
}

fn execute(bench: &mut Bench, key: &str) -> Told {
    let request = Request::post("/v1/executions");
    bench.call(request.header("authorization", format!("Bearer {key}")))
}

fn post(wire: &mut Wire, key: &str, target: &str) -> Answer {
    wire.send(&format!(
        "POST {target} HTTP/1.1\r\nhost: api.example\r\nauthorization: Bearer {key}\r\ncontent-length: 0\r\n\r\n"
    ));
    wire.head()
}

#[test]
fn a_hundred_in_an_hour_and_the_next_is_told_when() {
    let mut bench = bench();
    for remaining in (0..100).rev() {
        let told = bench.get("tok_free", "/v1/list");
        assert_eq!(told.status(), 200);
        assert_eq!(told.number("x-ratelimit-limit"), 100);
        assert_eq!(told.number("x-ratelimit-remaining"), remaining);
        assert_eq!(told.number("x-ratelimit-reset"), NOW + 3_600);
        assert_eq!(told.number("x-ratelimit-retry-after"), 0);
    }
    let refused = bench.get("tok_free", "/v1/list");
    assert_eq!(
        (refused.status(), refused.number("retry-after")),
        (429, 3_600)
    );
    assert_eq!(refused.number("x-ratelimit-retry-after"), 3_600);
    assert_eq!(
        refused.text(),
        r#"{"error":{"code":"RATE_LIMIT_EXCEEDED","message":"Rate limit exceeded. Please retry after 3600 seconds.","limit":100,"reset":1705320000,"retryAfter":3600}}"#
    );
    // An hour that slides: what was spent at once comes back at once, and not before.
    bench.advance(3_599);
    assert_eq!(bench.get("tok_free", "/v1/list").status(), 429);
    bench.advance(1);
    assert_eq!(bench.get("tok_free", "/v1/list").status(), 200);
    let told = bench.get("tok_pro", "/v1/list");
    assert_eq!(told.number("x-ratelimit-limit"), 1_000);
}

#[test]
fn never_more_than_the_limit_in_any_hour() {
    let mut bench = bench();
    let mut admitted: Vec<u64> = Vec::new();
    for at in (0..10_800).step_by(20) {
        if bench.get("tok_free", "/").status() == 200 {
            admitted.push(at);
        }
        bench.advance(20);
    }
    let within = |from: &u64| {
        let window = *from..from + 3_600;
        admitted.iter().filter(|at| window.contains(at)).count()
    };
    assert_eq!(admitted.iter().map(within).max(), Some(100));
}

#[test]
fn a_thousand_executions_a_month_and_no_retry_helps_before_it_ends() {
    let mut bench = bench();
    for _ in 0..10 {
        for _ in 0..100 {
            let told = execute(&mut bench, "tok_free");
            assert_eq!(told.status(), 200);
            drop(told.text());
        }
        bench.advance(3_600);
    }
    let refused = execute(&mut bench, "tok_free");
    let left = FEBRUARY - NOW - 36_000;
    assert_eq!(
        (refused.status(), refused.number("retry-after")),
        (429, left)
    );
    assert_eq!(refused.number("x-ratelimit-limit"), 1_000);
    assert_eq!(refused.number("x-ratelimit-remaining"), 0);
    assert_eq!(refused.number("x-ratelimit-reset"), FEBRUARY);
    assert_eq!(
        refused.text(),
        format!(
            r#"{{"error":{{"code":"QUOTA_EXCEEDED","message":"Monthly quota exceeded: all 1000 executions are used.","limit":1000,"reset":{FEBRUARY},"retryAfter":{left}}}}}"#
        )
    );
    // What is no execution goes on, and is not charged for one.
    let told = bench.get("tok_free", "/v1/list");
    assert_eq!(
        (told.status(), told.number("x-ratelimit-remaining")),
        (200, 99)
    );
    bench.advance(left - 1);
    assert_eq!(execute(&mut bench, "tok_free").status(), 429);
    bench.advance(1);
    assert_eq!(execute(&mut bench, "tok_free").status(), 200);
}

#[test]
fn five_executions_at_once_and_the_sixth_is_told_so() {
    let gateway = Gateway::example("ensemble.toml");
    let mut running: Vec<(Wire, Answer)> = Vec::new();
    for _ in 0..6 {
        let mut wire = gateway.connect();
        let head = post(&mut wire, "tok_free", "/v1/executions?delay_ms=60000");
        running.push((wire, head));
    }
    let (mut wire, refused) = running.pop().unwrap();
    assert!(running.iter().all(|(_, head)| head.status == 200));
    assert_eq!((refused.status, refused.number("retry-after")), (429, 1));
    let body: serde_json::Value = serde_json::from_str(&wire.body(&refused)).unwrap();
    assert_eq!(body["error"]["code"], "CONCURRENT_LIMIT_EXCEEDED");
    assert_eq!(
        (&body["error"]["limit"], &body["error"]["retryAfter"]),
        (&5.into(), &1.into())
    );
    // Looking on is no execution, and another token has its own.
    assert_eq!(gateway.call("tok_free", "/v1/executions/1").status, 200);
    assert_eq!(
        post(&mut gateway.connect(), "tok_pro", "/v1/executions").status,
        200
    );
    running.pop();
    let freed =
        (0..100).any(|_| post(&mut gateway.connect(), "tok_free", "/v1/executions").status == 200);
    assert!(freed);
}

#[test]
fn a_token_and_its_address_are_charged_together_or_not_at_all() {
    let policy = example("ensemble.toml").replace("20000/1h", "150/1h");
    let mut bench = Bench::at(NOW, &policy);
    for _ in 0..100 {
        assert_eq!(bench.get("tok_free", "/").status(), 200);
    }
    // The token refuses: the address is charged nothing for it.
    for _ in 0..200 {
        assert_eq!(bench.get("tok_free", "/").status(), 429);
    }
    for remaining in (0..50).rev() {
        let told = bench.get("tok_pro", "/");
        assert_eq!(told.status(), 200);
        // The address has fewer left than the token, and is what is shown.
        assert_eq!(told.number("x-ratelimit-limit"), 150);
        assert_eq!(told.number("x-ratelimit-remaining"), remaining);
    }
    // The address refuses, and the token is charged nothing.
    let refused = bench.get("tok_pro", "/");
    assert_eq!(
        (refused.status(), refused.number("x-ratelimit-limit")),
        (429, 150)
    );
    let elsewhere = |bench: &mut Bench| {
        let mut request = Request::get("/").header("authorization", "Bearer tok_pro");
        let peer = "198.51.100.7:4711".parse().unwrap();
        let extensions = request.extensions_mut().unwrap();
        extensions.insert(ratelimit_tower::key::PeerAddr(peer));
        bench.call(request)
    };
    let told = elsewhere(&mut bench);
    assert_eq!(
        (told.status(), told.number("x-ratelimit-remaining")),
        (200, 149)
    );
    let roomy = example("ensemble.toml");
    bench.reload(&roomy);
    assert_eq!(
        elsewhere(&mut bench).number("x-ratelimit-remaining"),
        1_000 - 52
    );
}

#[test]
fn a_token_that_moves_to_another_plan_keeps_what_it_has_spent() {
    let mut bench = bench();
    for _ in 0..60 {
        bench.get("tok_free", "/");
        drop(execute(&mut bench, "tok_pro").text());
    }
    let upgraded = example("ensemble.toml").replace(
        "key = \"tok_free\"\nplan = \"free\"",
        "key = \"tok_free\"\nplan = \"pro\"",
    );
    bench.reload(&upgraded);
    let told = bench.get("tok_free", "/");
    assert_eq!(told.number("x-ratelimit-limit"), 1_000);
    assert_eq!(told.number("x-ratelimit-remaining"), 1_000 - 61);
    let back = example("ensemble.toml");
    bench.reload(&back);
    assert_eq!(
        bench.get("tok_free", "/").number("x-ratelimit-remaining"),
        100 - 62
    );
}

#[test]
fn over_sockets_the_numbers_are_told_and_a_stranger_is_not_served() {
    let gateway = Gateway::example("ensemble.toml");
    let mut wire = gateway.connect();
    for _ in 0..100 {
        assert_eq!(wire.call("tok_free", "/v1/list").status, 200);
    }
    let refused = wire.call("tok_free", "/v1/list");
    assert_eq!(refused.status, 429);
    let body: serde_json::Value = serde_json::from_str(&refused.body).unwrap();
    assert_eq!(body["error"]["code"], "RATE_LIMIT_EXCEEDED");
    assert_eq!(body["error"]["reset"], refused.number("x-ratelimit-reset"));
    let wait = refused.number("retry-after");
    assert!((3_500..=3_600).contains(&wait), "{wait}");
    assert_eq!(body["error"]["retryAfter"], wait);
    let message = format!("Rate limit exceeded. Please retry after {wait} seconds.");
    assert_eq!(body["error"]["message"], message);
    let stranger = wire.call("nobody", "/v1/list");
    let body = r#"{"error":{"code":"UNAUTHORIZED","message":"Invalid API key."}}"#;
    assert_eq!((stranger.status, stranger.body.as_str()), (401, body));
}

#[test]
fn each_plan_has_its_numbers() {
    for (key, hour, month, at_once) in [
        ("tok_free", 100, 1_000, 5),
        ("tok_pro", 1_000, 100_000, 50),
        ("tok_enterprise", 10_000, 1_000_000, 200),
    ] {
        let mut bench = bench();
        let running: Vec<Told> = (0..at_once).map(|_| execute(&mut bench, key)).collect();
        assert!(running.iter().all(|told| told.status() == 200));
        assert_eq!(running[0].number("x-ratelimit-limit"), hour);
        let full = execute(&mut bench, key);
        assert_eq!(full.status(), 429);
        let body: serde_json::Value = serde_json::from_str(&full.text()).unwrap();
        assert_eq!(body["error"]["code"], "CONCURRENT_LIMIT_EXCEEDED");
        assert_eq!(body["error"]["limit"], at_once);
        drop(running);
        let policy = PolicyFile::parse("p.toml", &example("ensemble.toml")).unwrap();
        let numbers =
            format!("hour {hour}/1h sliding-log, month {month} executions per month in UTC");
        assert!(policy.summary().to_string().contains(&numbers), "{numbers}");
    }
}

#[test]
fn usage_is_told_and_asking_costs_nothing() {
    let gateway = Gateway::example("ensemble.toml");
    let mut wire = gateway.connect();
    let head = post(&mut wire, "tok_free", "/v1/executions");
    drop((wire.body(&head), wire.call("tok_free", "/v1/list")));
    for _ in 0..150 {
        let usage = wire.call("tok_free", "/v1/usage");
        assert_eq!(usage.status, 200);
        assert!(!usage.has("x-ratelimit-limit"), "nothing limits this");
        let usage: serde_json::Value = serde_json::from_str(&usage.body).unwrap();
        let (start, end) = (&usage["period"]["start"], &usage["period"]["end"]);
        let month = end.as_u64().unwrap() - start.as_u64().unwrap();
        assert!((28..=31).contains(&(month / 86_400_000)), "{usage}");
        let requests = serde_json::json!({"used": 2, "limit": 100, "remaining": 98});
        assert_eq!(usage["requests"], requests);
        let executions = serde_json::json!({"used": 1, "limit": 1_000, "remaining": 999});
        assert_eq!(usage["executions"], executions);
        assert_eq!(usage.as_object().unwrap().len(), 3);
    }
    assert_eq!(wire.call("nobody", "/v1/usage").status, 401);
    wire.get("/v1/usage", "");
    assert_eq!(wire.answer().status, 401);
    // What lies below the path is something else.
    assert_eq!(
        wire.call("tok_free", "/v1/usage/x")
            .number("x-ratelimit-remaining"),
        97
    );
}

#[test]
fn a_page_shows_the_same_to_people() {
    let gateway = Gateway::example("ensemble.toml");
    let mut wire = gateway.connect();
    wire.get("/dashboard", "");
    let page = wire.answer();
    assert_eq!(page.status, 200);
    assert!(page.header("content-type").starts_with("text/html"));
    assert!(page.body.contains("/v1/usage") && !page.body.contains("://"));
    // The script that it has is the only one that may run.
    assert!(
        page.header("content-security-policy")
            .contains("default-src 'none'")
    );
}
