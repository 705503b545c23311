//! How to test a service that has limits, and a client that keeps within them, without waiting.
//!
//! ```sh
//! cargo run -p ratelimit-examples --example paused_clock
//! ```
//!
//! The server's time is moved by hand. The client's is tokio's, which, when it is paused, jumps to the next
//! moment at which something happens. It prints:
//!
//! ```text
//! an hour of the server's time is over
//! ten minutes of the client's time are over
//! ```

use std::convert::Infallible;
use std::error::Error;
use std::time::{Duration, SystemTime};

use axum::body::Body;
use axum::http::{Request, Response, StatusCode};
use ratelimit_core::{Clock, ManualClock, Memory, Plan, Policy, Quota};
use ratelimit_tower::BoxError;
use ratelimit_tower::key;
use ratelimit_tower::limit::RateLimitLayer;
use ratelimit_tower::throttle::ThrottleLayer;
use tokio::time::Instant;
use tower::{Layer, ServiceExt, service_fn};

async fn hello(_: Request<Body>) -> Result<Response<Body>, Infallible> {
    Ok(Response::new(Body::from("hello")))
}

fn request() -> Result<Request<Body>, BoxError> {
    let request = Request::get("http://api.example/").header("authorization", "Bearer alice");
    Ok(request.body(Body::empty())?)
}

/// A service in the same process: no socket, and no thread that would not stand still.
async fn a_limit_of_two_an_hour_is_kept_and_ends() -> Result<(), BoxError> {
    let clock = ManualClock::new();
    let memory = Memory::builder().clock(clock.clone()).build();
    let plan = Plan::try_from(Policy::sliding_log("hour", Quota::per_hour(2)))?;
    let service = RateLimitLayer::with_limiter(memory, plan)
        .with_key(key::bearer)
        .layer(service_fn(hello));
    let call = async || {
        service
            .clone()
            .oneshot(request()?)
            .await
            .map_err(BoxError::from)
    };

    let began = clock.now();
    assert_eq!(call().await?.status(), StatusCode::OK);
    clock.advance(Duration::from_secs(20 * 60));
    assert_eq!(call().await?.status(), StatusCode::OK);

    let refused = call().await?;
    assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
    // No server adds a `Date` here, so moments are read against the same clock.
    let now = SystemTime::UNIX_EPOCH + clock.unix(clock.now());
    let wait = ratelimit_headers::read(refused.headers(), now).wait();
    assert_eq!(wait, Some(Duration::from_secs(40 * 60)));

    // The answer is exact: a nanosecond earlier is too early.
    clock.advance(Duration::from_secs(40 * 60) - Duration::from_nanos(1));
    assert_eq!(call().await?.status(), StatusCode::TOO_MANY_REQUESTS);
    clock.advance(Duration::from_nanos(1));
    assert_eq!(call().await?.status(), StatusCode::OK);

    let passed = clock.now().saturating_since(began);
    assert_eq!(passed, Duration::from_secs(3_600));
    println!("an hour of the server's time is over");
    Ok(())
}

async fn a_client_spreads_its_calls_over_the_minutes() -> Result<(), BoxError> {
    let keep_to = ThrottleLayer::new(Quota::per_minute(6).burst(1));
    let client = keep_to.layer(service_fn(hello));
    let began = Instant::now();
    for call in 0..=60 {
        client.clone().oneshot(request()?).await?;
        // One every ten seconds.
        assert_eq!(began.elapsed().as_secs(), 10 * call);
    }
    println!("ten minutes of the client's time are over");
    Ok(())
}

// Tests say `#[tokio::test(start_paused = true)]`; it needs tokio's feature `test-util`.
#[tokio::main(flavor = "current_thread", start_paused = true)]
async fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    a_limit_of_two_an_hour_is_kept_and_ends().await?;
    a_client_spreads_its_calls_over_the_minutes().await
}
