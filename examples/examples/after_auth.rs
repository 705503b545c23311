//! A limit by user inside of authentication, and one by address outside of it.
//!
//! ```sh
//! cargo run -p ratelimit-examples --example after_auth
//! ```
//!
//! Inside, who is calling is known. Outside, the limit protects the authentication itself: whoever tries
//! passwords is stopped before the next one is looked at. It prints:
//!
//! ```text
//! password-of-alice: 200 OK
//!   ratelimit-policy: "user";q=3;w=60, "address";q=5;w=60
//!   x-ratelimit-limit: 3
//!   x-ratelimit-remaining: 2
//! a-guess: 401 Unauthorized
//!   ratelimit-policy: "address";q=5;w=60
//!   x-ratelimit-limit: 5
//!   x-ratelimit-remaining: 3
//! a-guess: 401 Unauthorized
//! a-guess: 401 Unauthorized
//! a-guess: 401 Unauthorized
//! a-guess: 429 Too Many Requests
//! ```

use std::error::Error;
use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, Request};
use axum::http::{StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use axum::{Extension, Router, routing::get};
use ratelimit_core::{Plan, PlanError, Policy, Quota};
use ratelimit_tower::limit::{Anonymous, RateLimitLayer};
use ratelimit_tower::{Head, key};
use tokio::net::TcpListener;

/// What authentication finds out.
#[derive(Clone)]
struct User {
    id: u64,
}

async fn authenticate(mut request: Request, next: Next) -> Result<Response, StatusCode> {
    let password = request.headers().get(header::AUTHORIZATION);
    match password.map(axum::http::HeaderValue::as_bytes) {
        Some(b"Bearer password-of-alice") => request.extensions_mut().insert(User { id: 7 }),
        _ => return Err(StatusCode::UNAUTHORIZED),
    };
    Ok(next.run(request).await)
}

/// The headers state both limits, so their names differ.
fn a_minute(name: &'static str, limit: u32) -> Result<Plan, PlanError> {
    Policy::sliding_log(name, Quota::per_minute(limit)).try_into()
}

fn peer(head: &Head<'_>) -> Option<IpAddr> {
    Some(head.extension::<ConnectInfo<SocketAddr>>()?.0.ip())
}

async fn serve() -> Result<SocketAddr, Box<dyn Error>> {
    let by_user = RateLimitLayer::new(a_minute("user", 3)?)
        .with_key(key::extension(|user: &User| user.id))
        // Nobody comes here without a user. If the layers ever get out of order, nobody gets in.
        .with_anonymous(Anonymous::Refuse);
    let by_address = RateLimitLayer::new(a_minute("address", 5)?).with_peer(peer);
    let hello = async |Extension(user): Extension<User>| format!("hello, user {}", user.id);
    let app = Router::new()
        .route("/", get(hello))
        // In axum the last layer is the outermost.
        .layer(by_user)
        .layer(from_fn(authenticate))
        .layer(by_address);
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
    let passwords = ["password-of-alice"].into_iter().chain(["a-guess"; 5]);
    for (call, password) in passwords.enumerate() {
        let response = client.get(&url).bearer_auth(password).send().await?;
        println!("{password}: {}", response.status());
        // One set, though two layers wrote it: the lists state both limits, the single fields the
        // one with less left.
        for name in [
            "ratelimit-policy",
            "x-ratelimit-limit",
            "x-ratelimit-remaining",
        ] {
            for value in response.headers().get_all(name).iter().filter(|_| call < 2) {
                println!("  {name}: {}", value.to_str()?);
            }
        }
    }
    Ok(())
}
