//! Watching a client: what it was told to count, a warning when little is left, and a summary at the end.
//!
//! ```sh
//! cargo run -p ratelimit-examples --example usage_monitor
//! ```
//!
//! The service lets sixty requests through in a minute, and the client makes fifty-eight calls. It prints:
//!
//! ```text
//! warning: api.example has 11 of 60 requests left, for 60 seconds
//! alert: 90 % are used
//! requests  58, 58 in the last minute, 58 ok, 0 failed, 0 not sent
//! refused   0 (0.0 %), 0 pauses, 0 retries, 0 given up
//! waits     0.0 s on average, 0.0 s at most
//! left      2 of 60 requests for 60.0 s
//! ```
//!
//! With the features `tracing` and `metrics` of `ratelimit-tower`, the observers `Trace` and `Metrics` do the
//! same for logs and for dashboards.

use std::convert::Infallible;
use std::error::Error;

use axum::body::Body;
use axum::http::{Request, Response};
use ratelimit_core::{ManualClock, Memory, Plan, Policy, Quota};
use ratelimit_tower::BoxError;
use ratelimit_tower::key;
use ratelimit_tower::limit::RateLimitLayer;
use ratelimit_tower::observe::{Event, Standing, Usage};
use ratelimit_tower::retry::RetryLayer;
use ratelimit_tower::throttle::{Pace, ThrottleLayer};
use tower::{Layer, Service, ServiceBuilder, ServiceExt, service_fn};

async fn hello(_: Request<()>) -> Result<Response<Body>, Infallible> {
    Ok(Response::new(Body::from("hello")))
}

/// Called for each event, on the way of the request that it concerns: it is quick, and does not wait.
fn warn(event: &Event<'_>) {
    if let Event::Low(low) = event {
        let host = low.host.unwrap_or("the server");
        let reset = low.reset_after.map_or(0, |reset| reset.as_secs());
        println!(
            "warning: {host} has {} of {} {} left, for {reset} seconds",
            low.remaining, low.limit, low.unit
        );
    }
}

/// Whoever likes may look at any time.
fn alert(usage: &Usage, from: f64) -> bool {
    let limits = usage.summary().limits;
    let used = limits.iter().filter_map(Standing::used);
    let most = used.fold(0.0, f64::max);
    if most >= from {
        println!("alert: {:.0} % are used", 100.0 * most);
    }
    most >= from
}

#[tokio::main(flavor = "current_thread", start_paused = true)]
async fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    // A service in the same process, whose minute does not end.
    let plan = Plan::try_from(Policy::fixed_window("minute", Quota::per_minute(60)))?;
    let memory = Memory::builder().clock(ManualClock::new()).build();
    let service = RateLimitLayer::with_limiter(memory, plan)
        .with_key(key::bearer)
        .layer(service_fn(hello));

    let usage = Usage::new();
    let throttle = ThrottleLayer::adaptive()
        .with_pace(Pace::Eager)
        .with_low_warning(20)
        .with_observer(usage.clone())
        .with_observer(warn);
    let mut client = ServiceBuilder::new()
        .layer(RetryLayer::new().with_observer(usage.clone()))
        .layer(throttle)
        .service(service);

    let mut alerted = false;
    for _ in 0..58 {
        let request = Request::get("http://api.example/items").header("authorization", "Bearer me");
        let response = client
            .ready()
            .await
            .map_err(BoxError::from)?
            .call(request.body(())?);
        assert_eq!(response.await?.status(), 200);
        alerted = alerted || alert(&usage, 0.9);
    }
    println!("{}", usage.summary());
    Ok(())
}
