//! What passes between a client, the gateway and an upstream.

#![allow(clippy::unwrap_used)] // A call that fails is a test that fails.

mod common;

use common::{Gateway, policy_file, recording_upstream, upstream};
use std::net::TcpListener;
use std::sync::mpsc;

const OPEN: &str = r#"
version = 1
[caller]
anonymous = "by-address:guest"
[responses]
headers = ["x-ratelimit", "ietf"]
body = "error-json"
[plans.guest]
policies = [{ name = "minute", algorithm = "sliding-log", quota = "60/1m" }]
"#;

#[test]
fn headers_of_the_connection_are_not_passed_on() {
    let (address, requests) = recording_upstream();
    let gateway = Gateway::enforcing(OPEN, Some(address));
    let mut wire = gateway.connect();
    wire.get(
        "/a//b?c=1%202",
        "connection: upgrade, x-secret\r\nx-secret: 1\r\nupgrade: websocket\r\nkeep-alive: 5\r\n\
         te: trailers, gzip\r\nproxy-authorization: Basic x\r\nx-forwarded-for: 1.1.1.1\r\n\
         x-forwarded-proto: https\r\ncookie: a=1\r\naccept: */*\r\n",
    );
    let answer = wire.answer();
    assert_eq!((answer.status, answer.body.as_str()), (200, "ok"));
    assert!(!answer.has("x-hop"));
    assert_eq!(answer.header("x-end"), "2");

    let request = requests.recv().unwrap();
    assert_eq!(request.body, "GET /a//b?c=1%202 HTTP/1.1\n");
    for name in [
        "x-secret",
        "upgrade",
        "keep-alive",
        "proxy-authorization",
        "transfer-encoding",
    ] {
        assert!(!request.has(name), "{request:?}");
    }
    assert_eq!(request.header("te"), "trailers");
    assert_eq!(request.header("connection"), "te");
    assert_eq!(request.header("host"), address.to_string());
    assert_eq!(request.header("x-forwarded-for"), "127.0.0.1");
    assert_eq!(request.header("x-forwarded-proto"), "http");
    assert_eq!(request.header("x-forwarded-host"), "api.example");
    assert_eq!(request.header("via"), "1.1 ratelimit");
    assert_eq!(request.header("cookie"), "a=1");
}

#[test]
fn only_a_trusted_proxy_says_where_a_request_came_from() {
    let passed = |trusted: &str| {
        let (address, requests) = recording_upstream();
        let rule =
            format!("[forwarded]\nsource = \"header:x-client\"\ntrusted = [\"{trusted}\"]\n");
        let gateway = Gateway::enforcing(&format!("{OPEN}{rule}"), Some(address));
        let mut wire = gateway.connect();
        wire.get(
            "/",
            "forwarded: for=1.1.1.1\r\nx-real-ip: 1.1.1.1\r\nx-client: 1.1.1.1\r\n\
             x-forwarded-for: 1.1.1.1\r\nx-forwarded-port: 443\r\n",
        );
        assert_eq!(wire.answer().status, 200);
        requests.recv().unwrap()
    };
    let strangers = passed("10.0.0.0/8");
    assert_eq!(strangers.header("x-forwarded-for"), "127.0.0.1");
    for name in ["forwarded", "x-real-ip", "x-client", "x-forwarded-port"] {
        assert!(!strangers.has(name), "{strangers:?}");
    }
    let proxys = passed("127.0.0.1");
    assert_eq!(proxys.header("x-forwarded-for"), "1.1.1.1, 127.0.0.1");
    assert_eq!(proxys.header("forwarded"), "for=1.1.1.1, for=127.0.0.1");
    assert_eq!(proxys.header("x-client"), "1.1.1.1");
    assert_eq!(proxys.header("x-forwarded-port"), "443");
}

#[test]
fn bodies_of_requests_arrive_with_a_length_and_without() {
    let (address, requests) = recording_upstream();
    let gateway = Gateway::enforcing(OPEN, Some(address));
    let mut wire = gateway.connect();
    wire.send("POST /x HTTP/1.1\r\nhost: x\r\ncontent-length: 3\r\n\r\nabc");
    assert_eq!(wire.answer().status, 200);
    let request = requests.recv().unwrap();
    assert_eq!(request.header("content-length"), "3");
    assert_eq!(request.body, "POST /x HTTP/1.1\nabc");
    wire.send(
        "GET /x HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
    );
    assert_eq!(wire.answer().status, 200);
    assert_eq!(requests.recv().unwrap().body, "GET /x HTTP/1.1\nabc");
}

#[test]
fn an_answer_passes_while_it_is_being_made() {
    let (go_on, may_go_on) = mpsc::channel::<()>();
    let may_go_on = std::sync::Arc::new(std::sync::Mutex::new(may_go_on));
    let address = upstream(move |mut wire| {
        wire.head();
        wire.send("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nfirst\r\n");
        may_go_on.lock().unwrap().recv().unwrap();
        wire.send("4\r\nlast\r\n0\r\n\r\n");
    });
    let gateway = Gateway::enforcing(OPEN, Some(address));
    let mut wire = gateway.connect();
    wire.get("/", "");
    let head = wire.head();
    assert_eq!(head.number("x-ratelimit-remaining"), 59);
    assert_eq!(wire.chunk().unwrap(), "first");
    go_on.send(()).unwrap();
    assert_eq!(wire.chunk().unwrap(), "last");
    assert_eq!(wire.chunk(), None);
}

#[test]
fn a_request_passes_while_it_is_being_sent() {
    let (sender, arrived) = mpsc::channel();
    let address = upstream(move |mut wire| {
        wire.head();
        while let Some(chunk) = wire.chunk() {
            sender.send(chunk).unwrap();
        }
        wire.send("HTTP/1.1 204 No Content\r\n\r\n");
    });
    let gateway = Gateway::enforcing(OPEN, Some(address));
    let mut wire = gateway.connect();
    wire.send("POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n5\r\nfirst\r\n");
    assert_eq!(arrived.recv().unwrap(), "first");
    wire.send("4\r\nlast\r\n0\r\n\r\n");
    assert_eq!(arrived.recv().unwrap(), "last");
    assert_eq!(wire.answer().status, 204);
}

#[test]
fn an_upstream_that_is_down_is_a_502_that_states_the_limits() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = free.local_addr().unwrap();
    drop(free);
    let gateway = Gateway::enforcing(OPEN, Some(address));
    let mut wire = gateway.connect();
    wire.get("/", "");
    let answer = wire.answer();
    assert_eq!(answer.status, 502);
    assert_eq!(
        answer.body,
        r#"{"error":{"message":"The upstream cannot be reached. Please retry later.","type":"server_error","code":"bad_gateway","param":null}}"#
    );
    assert_eq!(answer.number("x-ratelimit-remaining"), 59);
}

#[test]
fn where_refusals_are_problem_details_the_gateways_own_answers_are_too() {
    let policy = policy_file(&OPEN.replace("error-json", "problem"));
    let policy = policy.to_str().unwrap();
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let down = free.local_addr().unwrap();
    drop(free);
    let silent = upstream(|mut wire| wire.until_closed());
    let answer = |upstream, options: &[&str], request: &str| {
        let url = format!("http://{upstream}");
        let always = ["--config", policy, "--upstream", &url];
        let gateway = Gateway::with(&[&always[..], options].concat());
        let mut wire = gateway.connect();
        wire.send(request);
        wire.answer()
    };
    let get = "GET / HTTP/1.1\r\nhost: x\r\n\r\n";
    let post = "POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\na";
    let answers = [
        (answer(down, &[], get), 502, "Bad Gateway"),
        (
            answer(silent, &["--upstream-timeout", "50ms"], get),
            504,
            "Gateway Timeout",
        ),
        (
            answer(silent, &["--body-timeout", "50ms"], post),
            408,
            "Request Timeout",
        ),
    ];
    for (answer, status, title) in answers {
        assert_eq!(answer.status, status);
        assert_eq!(answer.header("content-type"), "application/problem+json");
        let begin =
            format!(r#"{{"type":"about:blank","title":"{title}","status":{status},"detail":"The "#);
        assert!(answer.body.starts_with(&begin), "{}", answer.body);
        assert!(answer.body.ends_with(".\"}"), "{}", answer.body);
    }
}

#[test]
fn an_upstream_that_breaks_off_is_a_502() {
    let address = upstream(|mut wire| {
        wire.head();
    });
    let gateway = Gateway::enforcing(OPEN, Some(address));
    let mut wire = gateway.connect();
    wire.get("/", "");
    let answer = wire.answer();
    assert_eq!(answer.status, 502);
    assert!(answer.body.contains("broke off"), "{}", answer.body);
}

#[test]
fn limits_of_the_upstream_are_merged_into_one_set() {
    let address = upstream(|mut wire| {
        wire.head();
        wire.send(
            "HTTP/1.1 200 OK\r\nx-ratelimit-limit: 10\r\nx-ratelimit-remaining: 3\r\n\
             x-ratelimit-reset: 2000000000\r\nratelimit: \"inner\";r=3;t=9\r\n\
             ratelimit-policy: \"inner\";q=10;w=60\r\ncontent-length: 0\r\n\r\n",
        );
    });
    let gateway = Gateway::enforcing(OPEN, Some(address));
    let mut wire = gateway.connect();
    wire.get("/", "");
    let answer = wire.answer();
    assert_eq!(answer.header("x-ratelimit-remaining"), "3");
    assert_eq!(
        answer.header("ratelimit"),
        r#""inner";r=3;t=9, "minute";r=59;t=60"#
    );
}

#[test]
fn the_headers_of_the_ietf_are_written_where_the_policy_asks_for_them() {
    let gateway = Gateway::enforcing(&OPEN.replace("\"x-ratelimit\", ", ""), None);
    let mut wire = gateway.connect();
    wire.get("/", "");
    let answer = wire.answer();
    assert_eq!(answer.header("ratelimit"), r#""minute";r=59;t=60"#);
    assert_eq!(answer.header("ratelimit-policy"), r#""minute";q=60;w=60"#);
    assert!(!answer.has("x-ratelimit-limit"));
}

#[test]
fn a_forwarded_address_counts_only_from_a_trusted_proxy() {
    let remaining = |policy: &str, client: &str| {
        let gateway = Gateway::enforcing(policy, None);
        let mut wire = gateway.connect();
        wire.get("/", "x-forwarded-for: 198.51.100.1\r\n");
        assert_eq!(wire.answer().number("x-ratelimit-remaining"), 59);
        wire.get("/", &format!("x-forwarded-for: {client}\r\n"));
        wire.answer().number("x-ratelimit-remaining")
    };
    let forwarded = |trusted: &str| {
        format!("{OPEN}\n[forwarded]\nsource = \"x-forwarded-for\"\ntrusted = [\"{trusted}\"]\n")
    };
    assert_eq!(remaining(OPEN, "198.51.100.2"), 58);
    assert_eq!(remaining(&forwarded("10.0.0.0/8"), "198.51.100.2"), 58);
    assert_eq!(remaining(&forwarded("127.0.0.0/8"), "198.51.100.2"), 59);
    // What a client writes to the left of what the proxy saw buys nothing.
    assert_eq!(
        remaining(&forwarded("127.0.0.1"), "7.7.7.7, 198.51.100.1"),
        58
    );
}

#[test]
fn tunnels_are_not_opened_and_heads_are_bounded() {
    let (address, _requests) = recording_upstream();
    let gateway = Gateway::enforcing(OPEN, Some(address));
    let mut wire = gateway.connect();
    wire.send("CONNECT evil.example:443 HTTP/1.1\r\nhost: evil.example:443\r\n\r\n");
    assert_eq!(wire.answer().status, 501);
    let mut wire = gateway.connect();
    wire.get("/", &format!("x-long: {}\r\n", "x".repeat(70_000)));
    assert_eq!(wire.answer().status, 431);
}

/// A gateway with these options before an upstream that reads and never answers.
fn before_a_silent_upstream(options: &[&str]) -> (Gateway, mpsc::Receiver<()>) {
    let (sender, ended) = mpsc::channel();
    let address = upstream(move |mut wire| {
        wire.head();
        wire.until_closed();
        let _ = sender.send(());
    });
    let upstream = format!("http://{address}");
    let policy = policy_file(OPEN);
    let always = [
        "--config",
        policy.to_str().unwrap(),
        "--upstream",
        &upstream,
    ];
    (Gateway::with(&[&always[..], options].concat()), ended)
}

#[test]
fn a_body_that_stalls_is_a_408_and_holds_nothing() {
    let (gateway, ended) = before_a_silent_upstream(&["--body-timeout", "50ms"]);
    let mut wire = gateway.connect();
    wire.send("POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\na");
    let answer = wire.answer();
    assert_eq!(answer.status, 408);
    assert_eq!(answer.header("connection"), "close");
    assert!(
        answer.body.contains(r#""code":"request_timeout""#),
        "{}",
        answer.body
    );
    wire.until_closed();
    ended.recv().unwrap();
}

#[test]
fn an_upstream_that_does_not_answer_is_a_504_and_holds_nothing() {
    let (gateway, ended) = before_a_silent_upstream(&["--upstream-timeout", "50ms"]);
    let mut wire = gateway.connect();
    wire.get("/", "");
    let answer = wire.answer();
    assert_eq!(answer.status, 504);
    assert!(
        answer.body.contains(r#""code":"gateway_timeout""#),
        "{}",
        answer.body
    );
    assert_eq!(answer.number("x-ratelimit-remaining"), 59);
    ended.recv().unwrap();
}
