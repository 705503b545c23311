//! A gateway before a language model: requests a minute and tokens a minute for each key.
//!
//! ```sh
//! cargo run -p ratelimit-examples --example llm_tokens
//! ```
//!
//! How many tokens a request uses is known when it is over. An estimate is taken before, so that nobody
//! gets in on what others have not paid for yet, and corrected after; what is over is owed, and the next
//! request waits for it. What the tokens refuse is no request either. It prints:
//!
//! ```text
//! used 150: 200 OK
//!   requests: 9 of 10 left
//!   tokens: 600 of 1000 left
//! used 1300: 200 OK
//!   requests: 8 of 10 left
//!   tokens: 450 of 1000 left
//! used 10: 429 Too Many Requests, again after 60s
//!   requests: 8 of 10 left
//!   tokens: 0 of 1000 left
//! ```

use std::error::Error;
use std::net::SocketAddr;
use std::time::SystemTime;

use axum::{Router, http::header, routing::post};
use ratelimit_core::{Outcome, Plan, PlanError, Policy, Quota};
use ratelimit_headers::Dialects;
use ratelimit_tower::limit::{Anonymous, Charge, Meter, RateLimitLayer};
use ratelimit_tower::{Head, key};
use tokio::net::TcpListener;

/// What a request may use at most: what it says, or a guess. Never nothing, whatever a client says: a
/// thousand such requests at once would all get in before the first is corrected.
fn estimate(head: &Head<'_>) -> u32 {
    let said = head.header("x-max-tokens").and_then(|max| max.parse().ok());
    said.unwrap_or(400).max(100)
}

fn limits() -> Result<RateLimitLayer, PlanError> {
    let policies = [
        Policy::sliding_log("requests", Quota::per_minute(10)).with_unit("requests"),
        Policy::sliding_log("tokens", Quota::per_minute(1_000)).with_unit("tokens"),
    ];
    // What it did use, as the model says at the end of its answer. Where it says nothing the estimate
    // stands, and a call that failed is free.
    let used = Charge::by_field("usage.total_tokens").with_failed(Outcome::Cancel);
    let tokens = Meter::new("tokens").with_cost(estimate).with_charge(used);
    Ok(RateLimitLayer::new(Plan::new("starter", policies)?)
        .with_key(key::bearer)
        .with_anonymous(Anonymous::Refuse)
        .with_meter(tokens)
        // What the clients of such gateways read: x-ratelimit-remaining-tokens and so on.
        .with_headers(Dialects::OPENAI))
}

/// Stands for the model: it uses as many tokens as the caller wants.
async fn complete(wanted: String) -> ([(header::HeaderName, &'static str); 1], String) {
    let body = format!(r#"{{"choices":[],"usage":{{"total_tokens":{wanted}}}}}"#);
    ([(header::CONTENT_TYPE, "application/json")], body)
}

async fn serve() -> Result<SocketAddr, Box<dyn Error>> {
    let app = Router::new()
        .route("/v1/chat/completions", post(complete))
        .layer(limits()?);
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move { axum::serve(listener, app).await });
    Ok(address)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let url = format!("http://{}/v1/chat/completions", serve().await?);
    let client = reqwest::Client::new();
    for used in ["150", "1300", "10"] {
        let request = client.post(&url).bearer_auth("key-of-alice").body(used);
        let response = request.send().await?;
        // No moment in time is among these headers, so the time of reading does not matter.
        let reading = ratelimit_headers::read(response.headers(), SystemTime::UNIX_EPOCH);
        print!("used {used}: {}", response.status());
        match reading.wait() {
            Some(wait) => println!(", again after {wait:?}"),
            None => println!(),
        }
        for policy in reading.policies() {
            let (unit, left) = (policy.unit(), policy.remaining());
            let (unit, left) = (unit.unwrap_or("?"), left.unwrap_or(0));
            println!("  {unit}: {left} of {} left", policy.limit().unwrap_or(0));
        }
        // The correction is made at the end of the body.
        response.bytes().await?;
    }
    Ok(())
}
