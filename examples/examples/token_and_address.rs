//! Both or nothing: each request is bound by its token **and** by its address.
//!
//! ```sh
//! cargo run -p ratelimit-examples --example token_and_address
//! ```
//!
//! Two layers would charge the outer limit for what the inner one refuses. Here a refusal charges nothing,
//! anywhere. It prints:
//!
//! ```text
//! alice from 192.0.2.1: 200 OK, "token" 1, "address" 2
//! alice from 192.0.2.1: 200 OK, "token" 0, "address" 1
//! alice from 192.0.2.1: 429 Too Many Requests, "token" 0, "address" 1
//! alice from 192.0.2.1: 429 Too Many Requests, "token" 0, "address" 1
//! bob from 192.0.2.1: 200 OK, "token" 1, "address" 0
//! bob from 192.0.2.1: 429 Too Many Requests, "token" 1, "address" 0
//! bob from 198.51.100.7: 200 OK, "token" 0, "address" 2
//! ```

use std::convert::Infallible;
use std::error::Error;
use std::time::SystemTime;

use axum::body::Body;
use axum::http::{Request, Response};
use ratelimit_core::{Plan, PlanError, Policy, Quota};
use ratelimit_tower::key::{self, PeerAddr};
use ratelimit_tower::limit::{Also, RateLimitLayer};
use tower::{Layer, ServiceExt, service_fn};

/// The headers state both, so their names differ.
fn an_hour(name: &'static str, limit: u32) -> Result<Plan, PlanError> {
    Policy::sliding_log(name, Quota::per_hour(limit)).try_into()
}

fn limits() -> Result<RateLimitLayer, PlanError> {
    Ok(RateLimitLayer::new(an_hour("token", 2)?)
        .with_key(key::bearer)
        // Who shares an address, as in an office, shares this: give it more than one token has.
        .with_also(Also::by_address(an_hour("address", 3)?)))
}

/// A request as it would come from there. A server puts the address of the peer into it.
fn request(token: &str, from: &str) -> Result<Request<Body>, Box<dyn Error>> {
    let request = Request::get("/").header("authorization", format!("Bearer {token}"));
    let peer = PeerAddr(format!("{from}:4711").parse()?);
    Ok(request.extension(peer).body(Body::empty())?)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let hello = service_fn(async |_: Request<Body>| {
        Ok::<_, Infallible>(Response::new(Body::from("hello")))
    });
    let service = limits()?.layer(hello);
    for (token, from) in [
        ("alice", "192.0.2.1"),
        ("alice", "192.0.2.1"),
        // Refused by her token: the address pays nothing for it.
        ("alice", "192.0.2.1"),
        ("alice", "192.0.2.1"),
        ("bob", "192.0.2.1"),
        // Refused by the address: his token pays nothing for it, and has one left elsewhere.
        ("bob", "192.0.2.1"),
        ("bob", "198.51.100.7"),
    ] {
        let response = service.clone().oneshot(request(token, from)?).await?;
        print!("{token} from {from}: {}", response.status());
        // The lists state delays, not moments: the time of reading does not matter.
        let reading = ratelimit_headers::read(response.headers(), SystemTime::UNIX_EPOCH);
        for policy in reading.policies() {
            let (name, left) = (policy.name(), policy.remaining());
            print!(", {:?} {}", name.unwrap_or("?"), left.unwrap_or(0));
        }
        println!();
    }
    Ok(())
}
