//! hyper-util's client, kept within a rate and a number of calls at once.
//!
//! ```sh
//! cargo run -p ratelimit-examples --example client_hyper
//! ```
//!
//! Forty tasks call at the same time. None of them knows of the others: the layer lets them go in the
//! order in which they came. It prints:
//!
//! ```text
//! 40 calls: 40 answered
//! the server never had more than 4 at once
//! it took no less than 1.5s: 10 at once, then 20 a second
//! ```

use std::error::Error;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::Duration;

use axum::{Router, extract::State, routing::get};
use bytes::Bytes;
use http_body_util::{BodyExt, Empty};
use hyper::Request;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use ratelimit_core::Quota;
use ratelimit_tower::BoxError;
use ratelimit_tower::retry::RetryLayer;
use ratelimit_tower::throttle::ThrottleLayer;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};
use tower::{ServiceBuilder, ServiceExt};

/// What a server sees.
#[derive(Default)]
struct Seen {
    now: AtomicUsize,
    most: AtomicUsize,
}

/// Takes its time, and would not refuse anybody: this is about the client.
async fn slow(State(seen): State<Arc<Seen>>) -> &'static str {
    seen.most
        .fetch_max(seen.now.fetch_add(1, Relaxed) + 1, Relaxed);
    sleep(Duration::from_millis(20)).await;
    seen.now.fetch_sub(1, Relaxed);
    "hello"
}

async fn serve(seen: Arc<Seen>) -> Result<SocketAddr, BoxError> {
    let app = Router::new().route("/", get(slow)).with_state(seen);
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move { axum::serve(listener, app).await });
    Ok(address)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let seen = Arc::new(Seen::default());
    let address = serve(Arc::clone(&seen)).await?;
    let keep_to = ThrottleLayer::new(Quota::per_second(20).burst(10)).with_concurrency(4);
    let client = ServiceBuilder::new()
        // Retries outside: each try waits for its turn like any other call.
        .layer(RetryLayer::new())
        .layer(keep_to)
        .service(Client::builder(TokioExecutor::new()).build_http::<Empty<Bytes>>());

    let start = Instant::now();
    let mut calls = JoinSet::new();
    for _ in 0..40 {
        // Clones share one budget.
        let client = client.clone();
        let request = Request::get(format!("http://{address}/")).body(Empty::new())?;
        calls.spawn(async move {
            let response = client.oneshot(request).await?;
            let is_answered = response.status().is_success();
            // The place among the four is free when the body has been read, or is dropped.
            response.into_body().collect().await?;
            Ok::<_, BoxError>(is_answered)
        });
    }
    let mut answered = 0;
    while let Some(call) = calls.join_next().await {
        answered += usize::from(call??);
    }
    println!("40 calls: {answered} answered");
    let most = seen.most.load(Relaxed);
    println!("the server never had more than {most} at once");
    // Ten leave at once, and thirty wait for a twentieth of a second each.
    assert!(start.elapsed() >= Duration::from_millis(1_500));
    println!("it took no less than 1.5s: 10 at once, then 20 a second");
    Ok(())
}
