//! What callers are told of what they have used, and the headers of every response.

#![allow(clippy::unwrap_used)] // A call that fails is a test that fails.

mod common;

use common::{Answer, Gateway, Wire, recording_upstream, upstream};
use std::net::TcpListener;

const POLICY: &str = r#"
version = 1
[caller]
key = ["header:x-api-key", "bearer"]
[responses]
headers = ["x-ratelimit"]
body = "error-json"
[responses.set]
X-Api-Version = "4"
server = "shop"
[usage]
path = "/v1/usage"
page = "/usage"
[plans.free]
policies = [
  { name = "hour", algorithm = "fixed-window", quota = "3/1h" },
  { name = "tokens", algorithm = "fixed-window", quota = "100/1d", unit = "tokens" },
]
[[meters]]
unit = "tokens"
cost = 20
[[keys]]
key = "tok-free"
plan = "free"
"#;

fn call(wire: &mut Wire, method: &str, target: &str, key: &str) -> Answer {
    wire.send(&format!(
        "{method} {target} HTTP/1.1\r\nhost: api.example\r\nx-api-key: {key}\r\ncontent-length: 0\r\n\r\n"
    ));
    let head = wire.head();
    match method {
        "HEAD" => head,
        _ => Answer {
            body: wire.body(&head),
            ..head
        },
    }
}

fn usage(wire: &mut Wire) -> serde_json::Value {
    let answer = call(wire, "GET", "/v1/usage", "tok-free");
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!(answer.header("cache-control"), "no-store");
    serde_json::from_str(&answer.body).unwrap()
}

#[test]
fn usage_costs_nothing_and_never_reaches_the_upstream() {
    let (address, requests) = recording_upstream();
    let gateway = Gateway::enforcing(POLICY, Some(address));
    let mut wire = gateway.connect();
    assert_eq!(call(&mut wire, "GET", "/x", "tok-free").status, 200);
    assert_eq!(requests.recv().unwrap().body, "GET /x HTTP/1.1\n");
    for _ in 0..10 {
        let usage = usage(&mut wire);
        let requests = serde_json::json!({ "used": 1, "limit": 3, "remaining": 2 });
        assert_eq!(usage["requests"], requests);
        let tokens = serde_json::json!({ "used": 20, "limit": 100, "remaining": 80 });
        assert_eq!(usage["tokens"], tokens);
        assert!(usage["period"]["start"].as_u64() < usage["period"]["end"].as_u64());
    }
    // Also for who has used it all, and in other spellings of the path.
    for _ in 0..3 {
        call(&mut wire, "GET", "/x", "tok-free");
    }
    assert_eq!(usage(&mut wire)["requests"]["remaining"], 0);
    for same in ["/v1/usage/", "//v1/us%61ge?x=1"] {
        assert_eq!(call(&mut wire, "GET", same, "tok-free").status, 200);
    }
    assert_eq!(requests.try_iter().count(), 2);
    // What is below it is another path.
    assert_eq!(
        call(&mut wire, "GET", "/v1/usage/x", "tok-free").status,
        429
    );
}

#[test]
fn usage_is_for_callers_and_only_to_be_read() {
    let (address, requests) = recording_upstream();
    let gateway = Gateway::enforcing(POLICY, Some(address));
    let mut wire = gateway.connect();
    let unknown = call(&mut wire, "GET", "/v1/usage", "nobody");
    assert_eq!(unknown.status, 401);
    assert!(!unknown.body.contains("nobody"));
    for path in ["/v1/usage", "/usage"] {
        let posted = call(&mut wire, "POST", path, "tok-free");
        assert_eq!(posted.status, 405);
        assert_eq!(posted.header("allow"), "GET, HEAD");
        assert!(posted.body.contains(r#""code":"method_not_allowed""#));
        let head = call(&mut wire, "HEAD", path, "tok-free");
        assert_eq!(head.status, 200);
        assert!(head.number("content-length") > 0);
    }
    assert_eq!(usage(&mut wire)["requests"]["used"], 0);
    assert_eq!(requests.try_iter().count(), 0);
}

#[test]
fn the_page_needs_no_key_loads_nothing_and_asks_the_usage_path() {
    let gateway = Gateway::enforcing(POLICY, None);
    let mut wire = gateway.connect();
    wire.get("/usage", "");
    let page = wire.answer();
    assert_eq!(page.status, 200);
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    assert_eq!(page.header("cache-control"), "no-store");
    assert!(page.body.starts_with("<!doctype html>"));
    assert!(!page.body.contains("http://") && !page.body.contains("https://"));
    let asks = r#"data-usage="/v1/usage" data-header="x-api-key" data-prefix="""#;
    assert!(page.body.contains(asks), "{}", page.body);

    let policy = page.header("content-security-policy");
    assert!(policy.starts_with("default-src 'none'; "), "{policy}");
    assert!(policy.contains("connect-src 'self'"), "{policy}");
    let nonce = policy.split("script-src 'nonce-").nth(1).unwrap();
    let nonce = nonce.split('\'').next().unwrap();
    let named = format!(r#"nonce="{nonce}""#);
    assert_eq!(page.body.matches(&named).count(), 2);
    wire.get("/usage", "");
    assert_ne!(wire.answer().header("content-security-policy"), policy);
}

#[test]
fn without_usage_in_the_policy_its_paths_are_like_others() {
    let gateway = Gateway::start();
    let answer = gateway.call("mvra_live_basic", "/v1/usage");
    assert_eq!(answer.number("x-ratelimit-remaining"), 119);
}

#[test]
fn headers_of_ones_own_are_on_every_response_in_the_place_of_the_upstreams() {
    let address = upstream(|mut wire| {
        wire.head();
        wire.send(
            "HTTP/1.1 200 OK\r\nconnection: close\r\nserver: inner\r\nx-api-version: 3\r\ncontent-length: 0\r\n\r\n",
        );
    });
    let gateway = Gateway::enforcing(POLICY, Some(address));
    let mut wire = gateway.connect();
    let mut seen = Vec::new();
    for (method, target, key) in [
        ("GET", "/x", "tok-free"),
        ("GET", "/x", "nobody"),
        ("GET", "/v1/usage", "tok-free"),
        ("GET", "/v1/usage", "nobody"),
        ("POST", "/v1/usage", "tok-free"),
        ("GET", "/usage", ""),
        ("GET", "/x", "tok-free"),
        ("GET", "/x", "tok-free"),
        ("GET", "/x", "tok-free"),
    ] {
        let answer = call(&mut wire, method, target, key);
        // That each is there once is seen when the head is read.
        assert_eq!(answer.header("x-api-version"), "4");
        assert_eq!(answer.header("server"), "shop");
        seen.push(answer.status);
    }
    assert_eq!(seen, [200, 401, 200, 401, 405, 200, 200, 200, 429]);
}

#[test]
fn headers_of_ones_own_are_on_what_the_gateway_itself_has_to_say() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let down = free.local_addr().unwrap();
    drop(free);
    let gateway = Gateway::enforcing(POLICY, Some(down));
    let mut wire = gateway.connect();
    let answer = call(&mut wire, "GET", "/x", "tok-free");
    assert_eq!(answer.status, 502);
    assert_eq!(answer.header("x-api-version"), "4");
}
