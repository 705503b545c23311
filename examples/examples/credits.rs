//! A budget of credits beside a rate limit: only calls that yield data use one, and when they are used up
//! the answer is 402.
//!
//! ```sh
//! cargo run -p ratelimit-examples --example credits
//! ```
//!
//! It prints:
//!
//! ```text
//! /data/oslo: 200 OK, "credits" 2 left, "calls" 5 left
//! /data/atlantis: 404 Not Found, "credits" 1 left, "calls" 4 left
//! /data/lima: 200 OK, "credits" 1 left, "calls" 3 left
//! /data/rome: 200 OK, "credits" 0 left, "calls" 2 left
//! /data/cairo: 402 Payment Required, "credits" 0 left, "calls" 1 left
//!   {"error":"no_credits","message":"Your 3 credits for this month are used up."}
//! /data/cairo: 402 Payment Required, "credits" 0 left, "calls" 0 left
//!   {"error":"no_credits","message":"Your 3 credits for this month are used up."}
//! /data/cairo: 429 Too Many Requests, "calls" 0 left
//! ```

use std::error::Error;
use std::net::SocketAddr;
use std::time::{Duration, SystemTime};

use axum::extract::Path;
use axum::http::{Response, StatusCode};
use axum::{Router, routing::get};
use bytes::Bytes;
use ratelimit_core::{Plan, Policy, Quota};
use ratelimit_headers::Dialects;
use ratelimit_tower::limit::{Anonymous, Charge, RateLimitLayer, Rejection};
use ratelimit_tower::{Head, key};
use tokio::net::TcpListener;

const MONTH: Duration = Duration::from_secs(30 * 24 * 3600);

/// 429 would say "slow down". That does not help who has nothing left: 402 says "buy more".
fn no_credits(_: &Head<'_>, rejection: &Rejection) -> Response<Bytes> {
    let (status, body) = match rejection.decision() {
        Some(decision) => {
            let limit = decision.limit();
            let message = format!("Your {limit} credits for this month are used up.");
            let body = format!(r#"{{"error":"no_credits","message":"{message}"}}"#);
            (StatusCode::PAYMENT_REQUIRED, body)
        }
        // No key, or a fault of ours: money does not help.
        None => {
            let body = format!(r#"{{"error":"refused","message":"{rejection}"}}"#);
            (rejection.status(), body)
        }
    };
    let mut response = Response::new(Bytes::from(body));
    *response.status_mut() = status;
    let media_type = axum::http::HeaderValue::from_static("application/json");
    response.headers_mut().insert("content-type", media_type);
    response
}

fn limits() -> Result<(RateLimitLayer, RateLimitLayer), Box<dyn Error>> {
    let credits = Policy::sliding_log("credits", Quota::new(3, MONTH)?).with_unit("credits");
    let credits = RateLimitLayer::new(Plan::try_from(credits)?)
        .with_key(key::bearer)
        .with_anonymous(Anonymous::Refuse)
        .with_charge(Charge::of_successes())
        .with_responder(no_credits)
        // Credits are no requests: only the lists can say so.
        .with_headers(Dialects::IETF);
    let calls = Policy::sliding_log("calls", Quota::per_minute(6));
    let calls = RateLimitLayer::new(Plan::try_from(calls)?)
        .with_key(key::bearer)
        .with_anonymous(Anonymous::Refuse);
    Ok((calls, credits))
}

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
    let (calls, credits) = limits()?;
    let app = Router::new()
        .route("/data/{city}", get(data))
        // Calls outside: also what costs no credit is a call.
        .layer(credits)
        .layer(calls);
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move { axum::serve(listener, app).await });
    Ok(address)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let url = format!("http://{}", serve().await?);
    let client = reqwest::Client::new();
    for city in [
        "oslo", "atlantis", "lima", "rome", "cairo", "cairo", "cairo",
    ] {
        let request = client.get(format!("{url}/data/{city}"));
        let response = request.bearer_auth("key-of-alice").send().await?;
        let status = response.status();
        // The response has a `Date`, so the reader's clock is not asked.
        let reading = ratelimit_headers::read(response.headers(), SystemTime::UNIX_EPOCH);
        print!("/data/{city}: {status}");
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
