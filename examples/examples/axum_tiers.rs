//! Tiers on axum: so many requests a minute for an API key, by what its owner pays. Whoever has no key
//! is counted by address.
//!
//! ```sh
//! cargo run -p ratelimit-examples --example axum_tiers
//! ```
//!
//! It prints:
//!
//! ```text
//! key-of-alice: 200 OK: starter, 59 of 60 left
//! key-of-alice: 200 OK: starter, 58 of 60 left
//! key-of-bob: 200 OK: growth, 119 of 120 left
//! key-of-carol: 200 OK: professional, 239 of 240 left
//! key-of-dave: 200 OK: enterprise, 599 of 600 left
//! no key: 200 OK: anonymous, 1 of 2 left
//! no key: 200 OK: anonymous, 0 of 2 left
//! no key: 429 Too Many Requests, retry-after 60s
//!   application/problem+json: Rate limit exceeded. Please retry after 60 seconds.
//! key-that-somebody-invented: 429 Too Many Requests, retry-after 60s
//!   application/problem+json: Rate limit exceeded. Please retry after 60 seconds.
//! ```

use std::collections::HashMap;
use std::error::Error;
use std::net::{IpAddr, SocketAddr};

use axum::extract::ConnectInfo;
use axum::{Extension, Router, routing::get};
use ratelimit_core::{Decision, Plan, PlanError, Policy, Quota};
use ratelimit_tower::limit::RateLimitLayer;
use ratelimit_tower::{Head, key};
use tokio::net::TcpListener;

const CALLS: &str = "key-of-alice, key-of-alice, key-of-bob, key-of-carol, key-of-dave, no key, \
                     no key, no key, key-that-somebody-invented";

/// The policy has one name in all tiers: whoever moves to another keeps what was spent in this minute.
fn tier(name: &'static str, a_minute: u32) -> Result<Plan, PlanError> {
    Plan::new(
        name,
        [Policy::sliding_log("minute", Quota::per_minute(a_minute))],
    )
}

/// axum knows the peer if it is told to: see `into_make_service_with_connect_info`.
fn peer(head: &Head<'_>) -> Option<IpAddr> {
    Some(head.extension::<ConnectInfo<SocketAddr>>()?.0.ip())
}

fn limits() -> Result<RateLimitLayer, PlanError> {
    let plans = HashMap::from([
        ("key-of-alice", tier("starter", 60)?),
        ("key-of-bob", tier("growth", 120)?),
        ("key-of-carol", tier("professional", 240)?),
        ("key-of-dave", tier("enterprise", 600)?),
    ]);
    Ok(RateLimitLayer::new(tier("anonymous", 2)?)
        .with_peer(peer)
        .with_key(key::bearer)
        // A key that nobody knows is charged to its address, so inventing keys buys nothing.
        .with_plan(move |head: &Head<'_>| plans.get(head.bearer()?).cloned())
        .with_decision_in_request(true))
}

async fn where_i_stand(Extension(decision): Extension<Decision>) -> String {
    let tier = decision.plans().next().map_or("?", Plan::name);
    let (left, limit) = (decision.remaining(), decision.limit());
    format!("{tier}, {left} of {limit} left")
}

async fn serve() -> Result<SocketAddr, Box<dyn Error>> {
    let app = Router::new()
        .route("/", get(where_i_stand))
        .layer(limits()?);
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let app = app.into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, app).await });
    Ok(address)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let url = format!("http://{}/", serve().await?);
    let client = reqwest::Client::new();
    for who in CALLS.split(", ") {
        let mut request = client.get(&url);
        if who != "no key" {
            request = request.bearer_auth(who);
        }
        let response = request.send().await?;
        let status = response.status();
        if status.is_success() {
            println!("{who}: {status}: {}", response.text().await?);
            continue;
        }
        let header = |name| response.headers().get(name)?.to_str().ok();
        let wait = header("retry-after").unwrap_or("?");
        println!("{who}: {status}, retry-after {wait}s");
        let media_type = header("content-type").unwrap_or("?").to_owned();
        let body = response.text().await?;
        let detail = body.split_once(r#""detail":""#).unwrap_or_default().1;
        let detail = detail.split('"').next().unwrap_or_default();
        println!("  {media_type}: {detail}");
    }
    Ok(())
}
