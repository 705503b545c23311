//! hyper-util's client, which learns what the server allows, and keeps to a number of calls at once.
//!
//! ```sh
//! cargo run -p ratelimit-examples --example client_hyper
//! ```
//!
//! Forty tasks call at the same time. None of them knows of the others: the layer lets them go in the
//! order in which they came, and nobody told it how many the server lets in. It prints:
//!
//! ```text
//! 40 calls: 40 answered, 0 refused
//! the server never had more than 4 at once
//! it has learnt of a limit of 100, of which 60 were left
//! ```

use std::error::Error;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::Duration;

use axum::{Router, extract::State, routing::get};
use bytes::Bytes;
use http_body_util::{BodyExt, Empty};
use hyper::header::HOST;
use hyper::{Request, StatusCode};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use ratelimit_core::Quota;
use ratelimit_core::wait::Gate;
use ratelimit_tower::limit::RateLimitLayer;
use ratelimit_tower::retry::RetryLayer;
use ratelimit_tower::throttle::{Pace, ThrottleLayer};
use ratelimit_tower::{BoxError, key};
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio::time::sleep;
use tower::{ServiceBuilder, ServiceExt};

/// What a server sees.
#[derive(Default)]
struct Seen {
    now: AtomicUsize,
    most: AtomicUsize,
}

/// Takes its time.
async fn slow(State(seen): State<Arc<Seen>>) -> &'static str {
    seen.most
        .fetch_max(seen.now.fetch_add(1, Relaxed) + 1, Relaxed);
    sleep(Duration::from_millis(20)).await;
    seen.now.fetch_sub(1, Relaxed);
    "hello"
}

async fn serve(seen: Arc<Seen>) -> Result<SocketAddr, BoxError> {
    let limits = RateLimitLayer::new(Quota::per_hour(100)).with_key(key::header(HOST));
    let app = Router::new().route("/", get(slow)).with_state(seen);
    let app = app.layer(limits);
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move { axum::serve(listener, app).await });
    Ok(address)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let seen = Arc::new(Seen::default());
    let address = serve(Arc::clone(&seen)).await?;
    let throttle = ThrottleLayer::adaptive()
        .with_pace(Pace::Eager)
        .with_concurrency(4);
    let client = ServiceBuilder::new()
        // Retries outside: each try waits for its turn like any other call.
        .layer(RetryLayer::new())
        .layer(throttle.clone())
        .service(Client::builder(TokioExecutor::new()).build_http::<Empty<Bytes>>());

    let uri = format!("http://{address}/");
    let mut calls = JoinSet::new();
    for _ in 0..40 {
        // Clones share one budget.
        let client = client.clone();
        let request = Request::get(&uri).body(Empty::new())?;
        calls.spawn(async move {
            let response = client.oneshot(request).await?;
            let status = response.status();
            // The place among the four is free when the body has been read, or is dropped.
            response.into_body().collect().await?;
            Ok::<_, BoxError>(status)
        });
    }
    let statuses = calls.join_all().await;
    let statuses = statuses.into_iter().collect::<Result<Vec<_>, _>>()?;
    let of = |status: StatusCode| statuses.iter().filter(|s| **s == status).count();
    let (answered, refused) = (of(StatusCode::OK), of(StatusCode::TOO_MANY_REQUESTS));
    println!("40 calls: {answered} answered, {refused} refused");
    let most = seen.most.load(Relaxed);
    println!("the server never had more than {most} at once");
    let gate = throttle.gate(&Request::get(&uri).body(())?);
    for limit in gate.iter().flat_map(Gate::outlook) {
        let (limit, left) = (limit.limit, limit.remaining);
        println!("it has learnt of a limit of {limit}, of which {left} were left");
    }
    Ok(())
}
