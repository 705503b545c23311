//! Both ends of the wire with one quota: a server that enforces it, and a client that keeps it.
//!
//! ```sh
//! cargo run -p ratelimit-examples --example both_ends
//! ```
//!
//! Sixty tasks call at the same time, and nobody is refused. It prints:
//!
//! ```text
//! the server admitted 60 and refused 0
//! the client read a limit of 40 in 2s
//! both ends agree on what was left after each call
//! ```

use std::error::Error;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use axum::{Router, routing::get};
use ratelimit_core::{DecisionRef, Plan, Policy, Quota};
use ratelimit_tower::limit::RateLimitLayer;
use ratelimit_tower::throttle::ThrottleLayer;
use ratelimit_tower::{BoxError, Head, key};
use reqwest::header::{AUTHORIZATION, HeaderValue};
use reqwest::{Client, Method, Request};
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tower::{ServiceBuilder, ServiceExt};

/// Twenty a second, and forty at once. Both ends are made of it.
fn plan() -> Result<Plan, BoxError> {
    let quota = Quota::new(40, Duration::from_secs(2))?;
    Ok(Plan::try_from(Policy::gcra("calls", quota))?)
}

/// What the server decided.
#[derive(Default)]
struct Seen {
    admitted: u32,
    refused: u32,
    left: Vec<u64>,
}

async fn serve(seen: Arc<Mutex<Seen>>) -> Result<SocketAddr, BoxError> {
    let limits = RateLimitLayer::new(plan()?)
        .with_key(key::bearer)
        .with_observer(move |_: &Head<'_>, decision: &DecisionRef<'_>| {
            let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
            seen.admitted += u32::from(decision.is_allowed());
            seen.refused += u32::from(!decision.is_allowed());
            seen.left.push(decision.remaining());
        });
    let app = Router::new()
        .route("/", get(async || "hello"))
        .layer(limits);
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move { axum::serve(listener, app).await });
    Ok(address)
}

fn request(address: SocketAddr) -> Result<Request, BoxError> {
    let mut request = Request::new(Method::GET, format!("http://{address}/").parse()?);
    let key = HeaderValue::from_static("Bearer key-of-alice");
    request.headers_mut().insert(AUTHORIZATION, key);
    Ok(request)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let seen = Arc::new(Mutex::new(Seen::default()));
    let address = serve(Arc::clone(&seen)).await?;
    // Calls that leave in order do not arrive in order, and some networks deliver them in heaps. A part
    // of the limit that is left alone is what keeps them from being refused. It is never below 5, so the
    // client need not become slower than that.
    let keep_to = ThrottleLayer::new(plan()?)
        .with_percent_of_limit(75)
        .with_low_threshold(5);
    let client = ServiceBuilder::new().layer(keep_to).service(Client::new());

    let mut calls = JoinSet::new();
    for _ in 0..60 {
        let (client, request) = (client.clone(), request(address)?);
        calls.spawn(async move { client.oneshot(request).await });
    }
    let (mut read, mut stated) = (Vec::new(), None);
    while let Some(response) = calls.join_next().await {
        // The response has a `Date`, so the reader's clock is not asked.
        let reading = ratelimit_headers::read(response??.headers(), SystemTime::UNIX_EPOCH);
        let policy = reading.binding().ok_or("a response states no limit")?;
        read.extend(policy.remaining());
        stated = policy.limit().zip(policy.window());
    }

    let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
    println!(
        "the server admitted {} and refused {}",
        seen.admitted, seen.refused
    );
    let (limit, window) = stated.ok_or("a response states no limit")?;
    println!("the client read a limit of {limit} in {window:?}");
    // Answers overtake each other, so the order is not the same. The numbers are.
    read.sort_unstable();
    seen.left.sort_unstable();
    assert_eq!(read, seen.left);
    println!("both ends agree on what was left after each call");
    Ok(())
}
