//! Bodies of requests that are refused, or large, or malformed.

#![allow(clippy::unwrap_used)] // A call that fails is a test that fails.

mod common;

use common::{Gateway, Wire, recording_upstream, upstream};
use std::io::Write;
use std::sync::mpsc;

const KEY: &str = "tok";

const POLICY: &str = r#"
version = 1
[caller]
key = "bearer"
[responses]
headers = ["x-ratelimit"]
[plans.free]
policies = [{ name = "hour", algorithm = "sliding-log", quota = "2/1h" }]
[[keys]]
key = "tok"
plan = "free"
"#;

/// More than all buffers between two processes hold.
const HUGE: usize = 256 << 20;

/// Sends of a huge body what is taken, and says how much that was.
fn send_until_refused(wire: &mut Wire) -> usize {
    let piece = vec![b'x'; 1 << 16];
    let mut sent = 0;
    while sent < HUGE {
        match wire.0.get_mut().write(&piece) {
            Ok(length) => sent += length,
            Err(_) => break,
        }
    }
    sent
}

fn post(wire: &mut Wire, key: &str, lines: &str) {
    wire.send(&format!(
        "POST /x HTTP/1.1\r\nhost: api.example\r\nauthorization: Bearer {key}\r\n{lines}\r\n"
    ));
}

#[test]
fn a_refused_request_reaches_no_upstream_and_its_body_is_not_read() {
    let (address, requests) = recording_upstream();
    let gateway = Gateway::enforcing(POLICY, Some(address));
    for key in [KEY, KEY] {
        assert_eq!(gateway.call(key, "/x").status, 200);
        requests.recv().unwrap();
    }
    for (key, status) in [(KEY, 429), ("nobody", 401)] {
        for lines in [
            format!("content-length: {HUGE}\r\n"),
            "transfer-encoding: chunked\r\n".to_owned(),
        ] {
            let mut wire = gateway.connect();
            post(&mut wire, key, &lines);
            let answer = wire.answer();
            assert_eq!(answer.status, status);
            let sent = send_until_refused(&mut wire);
            assert!(sent < HUGE / 4, "{sent} bytes of a refused body were read");
        }
    }
    assert_eq!(requests.try_iter().count(), 0);
}

#[test]
fn who_sends_a_body_before_listening_hears_the_refusal() {
    let (address, _requests) = recording_upstream();
    let gateway = Gateway::enforcing(POLICY, Some(address));
    let mut wire = gateway.connect();
    post(&mut wire, "nobody", "content-length: 1000000\r\n");
    wire.send(&"x".repeat(100_000));
    assert_eq!(wire.answer().status, 401);
}

#[test]
fn who_asks_before_sending_is_refused_without_being_asked_for_the_body() {
    let (address, requests) = recording_upstream();
    let gateway = Gateway::enforcing(POLICY, Some(address));
    let ask = "expect: 100-continue\r\ncontent-length: 3\r\n";
    let mut wire = gateway.connect();
    post(&mut wire, "nobody", ask);
    assert_eq!(wire.answer().status, 401);
    let mut wire = gateway.connect();
    post(&mut wire, KEY, ask);
    assert_eq!(wire.head().status, 100);
    wire.send("abc");
    assert_eq!(wire.answer().status, 200);
    assert!(requests.recv().unwrap().body.ends_with("\nabc"));
}

#[test]
fn a_small_body_of_a_refused_request_leaves_the_connection_usable() {
    let gateway = Gateway::enforcing(POLICY, None);
    let mut wire = gateway.connect();
    wire.send(
        "POST /x HTTP/1.1\r\nhost: x\r\nauthorization: Bearer nobody\r\ncontent-length: 3\r\n\r\nabc",
    );
    assert_eq!(wire.answer().status, 401);
    assert_eq!(wire.call(KEY, "/x").status, 200);
}

#[test]
fn a_body_waits_at_the_client_while_the_upstream_does_not_read_it() {
    let (go_on, may_go_on) = mpsc::channel::<()>();
    let may_go_on = std::sync::Arc::new(std::sync::Mutex::new(may_go_on));
    let address = upstream(move |mut wire| {
        wire.head();
        let _ = may_go_on.lock().unwrap().recv();
    });
    let gateway = Gateway::enforcing(POLICY, Some(address));
    let mut wire = gateway.connect();
    post(&mut wire, KEY, &format!("content-length: {HUGE}\r\n"));
    let stream = wire.0.get_ref();
    stream
        .set_write_timeout(Some(std::time::Duration::from_millis(300)))
        .unwrap();
    let taken = send_until_refused(&mut wire);
    assert!(taken < HUGE / 4, "{taken} bytes were gathered");
    drop(go_on);
}

#[test]
fn what_is_no_request_is_refused_and_reaches_no_upstream() {
    let (address, requests) = recording_upstream();
    let gateway = Gateway::enforcing(POLICY, Some(address));
    let line = format!("authorization: Bearer {KEY}\r\n");
    for malformed in [
        "nonsense\r\n\r\n".to_owned(),
        format!("GET /x HTTP/9.9\r\nhost: x\r\n{line}\r\n"),
        format!("GET /x HTTP/1.1\r\nhost: x\r\n{line}no colon\r\n\r\n"),
        format!("GET /x HTTP/1.1\r\nhost: x\r\n{line}a b: c\r\n\r\n"),
        format!("POST /x HTTP/1.1\r\nhost: x\r\n{line}content-length: -1\r\n\r\n"),
        format!(
            "POST /x HTTP/1.1\r\nhost: x\r\n{line}content-length: 1\r\ncontent-length: 2\r\n\r\nab"
        ),
        format!(
            "GET /{} HTTP/1.1\r\nhost: x\r\n{line}\r\n",
            "x".repeat(70_000)
        ),
    ] {
        let mut wire = gateway.connect();
        wire.send(&malformed);
        let status = wire.answer().status;
        assert!((400..500).contains(&status), "{status} for {malformed:.60}");
    }
    assert_eq!(requests.try_iter().count(), 0);
    assert_eq!(gateway.call(KEY, "/x").number("x-ratelimit-remaining"), 1);
}

#[test]
fn a_chunk_that_is_none_is_a_400_and_no_whole_request_for_the_upstream() {
    let (address, requests) = recording_upstream();
    let gateway = Gateway::enforcing(POLICY, Some(address));
    let mut wire = gateway.connect();
    post(&mut wire, KEY, "transfer-encoding: chunked\r\n");
    wire.send("zz\r\nabc\r\n");
    let answer = wire.answer();
    assert_eq!(answer.status, 400);
    assert!(answer.body.contains("body of the request"));
    wire.until_closed();
    // A connection that was opened and closed without a request is none.
    assert!(requests.try_iter().all(|r| !r.body.contains("POST")));
}

#[test]
fn two_lengths_that_disagree_pass_nothing_on_behind_the_request() {
    let (address, requests) = recording_upstream();
    let gateway = Gateway::enforcing(POLICY, Some(address));
    let mut wire = gateway.connect();
    // What one server takes for the body another takes for the next request.
    post(
        &mut wire,
        KEY,
        "content-length: 30\r\ntransfer-encoding: chunked\r\n",
    );
    wire.send("0\r\n\r\nGET /smuggled HTTP/1.1\r\n\r\n");
    let _ = wire.answer();
    for request in requests.try_iter() {
        assert!(!request.has("content-length"), "{request:?}");
        assert_eq!(request.body, "POST /x HTTP/1.1\n");
    }
}
