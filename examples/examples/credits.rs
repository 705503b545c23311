//! A budget of credits beside a rate limit: only calls that yield data use one, and when they are used up
//! the answer is 402.
//!
//! ```sh
//! cargo run -p ratelimit-examples --example credits
//! ```
//!
//! Both are one plan: what the credits refuse is no call either. It prints:
//!
//! ```text
//! /data/oslo: 200 OK, "calls" 5 left, "credits" 2 left
//! /data/atlantis: 404 Not Found, "calls" 4 left, "credits" 1 left
//! /about: 200 OK, "calls" 3 left, "credits" 2 left
//! /data/lima: 200 OK, "calls" 2 left, "credits" 1 left
//! /data/rome: 200 OK, "calls" 1 left, "credits" 0 left
//! /data/cairo: 402 Payment Required, "calls" 1 left, "credits" 0 left
//!   {"error":"no_credits","message":"Your 3 credits for this month are used up."}
//! /about: 200 OK, "calls" 0 left, "credits" 0 left
//! /about: 429 Too Many Requests, "calls" 0 left, "credits" 0 left
//! ```

use std::error::Error;
use std::net::SocketAddr;
use std::time::SystemTime;

use axum::extract::Path;
use axum::http::StatusCode;
use axum::{Router, routing::get};
use ratelimit_core::{Calendar, Plan, Policy, Quota};
use ratelimit_tower::limit::respond::{ByReason, Template};
use ratelimit_tower::limit::{Anonymous, Charge, Meter, RateLimitLayer};
use ratelimit_tower::{Head, PathPrefix, key};
use tokio::net::TcpListener;

/// 429 would say "slow down". That does not help who has nothing left: 402 says "buy more".
const NO_CREDITS: &str =
    r#"{"error":"no_credits","message":"Your ${limit} credits for this month are used up."}"#;

fn limits() -> Result<RateLimitLayer, Box<dyn Error>> {
    let month = Calendar::monthly("UTC")?;
    let calls = Policy::sliding_log("calls", Quota::per_minute(6));
    let credits = Policy::calendar("credits", 3, month).with_unit("credits");
    // A credit is taken before the call, so that nobody spends one twice, and given back if it fails.
    let data = PathPrefix::new("/data");
    let meter = Meter::new("credits")
        .with_cost(move |head: &Head<'_>| u32::from(data.covers(head.path())))
        .with_charge(Charge::of_successes());
    let unpaid = Template::json(NO_CREDITS)?.with_status(StatusCode::PAYMENT_REQUIRED);
    Ok(RateLimitLayer::new(Plan::new("starter", [calls, credits])?)
        .with_key(key::bearer)
        .with_anonymous(Anonymous::Refuse)
        .with_meter(meter)
        .with_responder(ByReason::new().quota(unpaid)))
}

const PATHS: [&str; 8] = [
    "data/oslo",
    "data/atlantis",
    "about",
    "data/lima",
    "data/rome",
    "data/cairo",
    "about",
    "about",
];

async fn data(Path(city): Path<String>) -> Result<String, StatusCode> {
    let population = match city.as_str() {
        "oslo" => 709_000,
        "lima" => 10_092_000,
        "rome" => 2_755_000,
        _ => return Err(StatusCode::NOT_FOUND),
    };
    Ok(format!(r#"{{"population":{population}}}"#))
}

async fn serve() -> Result<SocketAddr, Box<dyn Error>> {
    let app = Router::new()
        .route("/data/{city}", get(data))
        .route("/about", get(|| async { "How many people live where." }))
        .layer(limits()?);
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move { axum::serve(listener, app).await });
    Ok(address)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let url = format!("http://{}", serve().await?);
    let client = reqwest::Client::new();
    for path in PATHS {
        let request = client.get(format!("{url}/{path}"));
        let response = request.bearer_auth("key-of-alice").send().await?;
        let status = response.status();
        // The response has a `Date`, so the reader's clock is not asked.
        let reading = ratelimit_headers::read(response.headers(), SystemTime::UNIX_EPOCH);
        print!("/{path}: {status}");
        for policy in reading.policies() {
            let (name, left) = (policy.name(), policy.remaining());
            print!(", {:?} {} left", name.unwrap_or("?"), left.unwrap_or(0));
        }
        println!();
        let body = response.text().await?;
        if status == StatusCode::PAYMENT_REQUIRED {
            println!("  {body}");
        }
    }
    Ok(())
}
