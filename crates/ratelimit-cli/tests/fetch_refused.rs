//! What becomes of items that a server refuses.

#![allow(clippy::unwrap_used)] // A call that fails is a test that fails.

mod common;

use common::fetch::fetch;
use common::upstream;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// A server that refuses so many requests in this way, and then serves all; and how many it got.
fn refusing(times: u32, head: &'static str, body: &'static str) -> (SocketAddr, Arc<AtomicU32>) {
    let count = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&count);
    let address = upstream(move |mut wire| {
        wire.head();
        let (head, body) = match counted.fetch_add(1, Ordering::SeqCst) < times {
            true => (head, body),
            false => ("200 OK", "ok"),
        };
        let length = body.len();
        wire.send(&format!(
            "HTTP/1.1 {head}\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}"
        ));
    });
    (address, count)
}

#[test]
fn what_a_limit_refuses_with_a_time_was_not_tried() {
    let (at, count) = refusing(8, "429 Too Many Requests\r\nretry-after-ms: 20", "");
    for tries in ["5", "1"] {
        count.store(0, Ordering::SeqCst);
        let fetched = fetch(&["--tries", tries], &format!("http://{at}/\n"));
        assert_eq!(fetched.line(1)["status"], 200, "{}", fetched.stderr);
        assert_eq!(fetched.line(1)["tries"], 9);
    }
}

#[test]
fn a_quota_that_is_used_up_is_not_tried_again() {
    const HEAD: &str = "429 Too Many Requests\r\ncontent-type: application/json; charset=utf-8\r\nretry-after-ms: 20";
    for (body, sent) in [
        (
            r#"{"error":{"code":"QUOTA_EXCEEDED","message":"All 1000 are used."}}"#,
            1,
        ),
        (r#"{"error":{"type":"insufficient_quota","code":null}}"#, 1),
        (r#"{"error":{"code":"RATE_LIMIT_EXCEEDED"}}"#, 3),
    ] {
        let (at, count) = refusing(2, HEAD, body);
        let fetched = fetch(&[], &format!("http://{at}/\n"));
        assert_eq!(count.load(Ordering::SeqCst), sent, "{}", fetched.stderr);
        let status = if sent == 1 { 429 } else { 200 };
        assert_eq!(fetched.line(1)["status"], status);
        assert_eq!(fetched.line(1)["tries"], sent);
        if sent == 1 {
            assert_eq!(fetched.line(1)["body"], body);
        }
    }
}

#[test]
fn each_item_has_its_tries_however_many_fail() {
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = closed.local_addr().unwrap();
    drop(closed);
    let urls: String = (0..150)
        .map(|n| format!("http://{address}/{n}\n"))
        .collect();
    let fetched = fetch(&["--tries", "2", "--concurrency", "150"], &urls);
    assert_eq!(fetched.code, Some(1));
    assert_eq!(fetched.results.len(), 150);
    for result in &fetched.results {
        assert_eq!(result["tries"], 2, "{result}");
    }
}
