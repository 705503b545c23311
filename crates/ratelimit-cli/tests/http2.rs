//! HTTP/2 without TLS on the client's side, HTTP/1.1 on the upstream's.

#![allow(clippy::unwrap_used)] // A call that fails is a test that fails.

mod common;

use bytes::Bytes;
use common::{Gateway, recording_upstream};
use http::Request;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http2::{SendRequest, handshake};
use hyper_util::rt::{TokioExecutor, TokioIo};
use std::net::SocketAddr;

async fn connect(address: SocketAddr) -> SendRequest<Full<Bytes>> {
    let stream = tokio::net::TcpStream::connect(address).await.unwrap();
    let (sender, connection) = handshake(TokioExecutor::new(), TokioIo::new(stream))
        .await
        .unwrap();
    tokio::spawn(connection);
    sender
}

fn request(target: &str) -> http::request::Builder {
    Request::post(format!("http://api.example{target}"))
        .header("authorization", "Bearer mvra_live_basic")
}

#[tokio::test]
async fn a_request_passes_and_its_streams_share_one_budget() {
    let (address, requests) = recording_upstream();
    let gateway = Gateway::with(&["--upstream", &format!("http://{address}")]);
    let mut sender = connect(gateway.address).await;
    let body = Full::from("hello");
    let chat = request("/api/v1/x?y=1")
        .header("cookie", "a=1")
        .header("cookie", "b=2");
    let response = sender.send_request(chat.body(body).unwrap()).await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["x-ratelimit-remaining"], "119");
    assert!(!response.headers().contains_key("connection"));
    let body = response.into_body().collect().await.unwrap().to_bytes();
    assert_eq!(body, "ok");

    let passed = requests.recv().unwrap();
    assert_eq!(passed.body, "POST /api/v1/x?y=1 HTTP/1.1\nhello");
    assert_eq!(passed.header("host"), address.to_string());
    assert_eq!(passed.header("x-forwarded-host"), "api.example");
    assert_eq!(passed.header("cookie"), "a=1; b=2");
    assert_eq!(passed.header("via"), "2 ratelimit");
}

#[tokio::test]
async fn a_place_is_held_by_a_stream_until_it_ends() {
    let gateway = Gateway::start();
    let mut sender = connect(gateway.address).await;
    let target = "/api/v1/video-analyses?delay_ms=60000";
    let mut held = Vec::new();
    for _ in 0..3 {
        let slow = request(target).body(Full::default()).unwrap();
        held.push(sender.send_request(slow).await.unwrap());
    }
    let one_more = || request(target).body(Full::default()).unwrap();
    assert_eq!(sender.send_request(one_more()).await.unwrap().status(), 429);
    // A stream that is reset is over. That the gateway learns of it takes a moment.
    drop(held);
    let mut status = 429;
    for _ in 0..200 {
        if status == 429 {
            status = sender
                .send_request(one_more())
                .await
                .unwrap()
                .status()
                .as_u16();
        }
    }
    assert_eq!(status, 200);
}
