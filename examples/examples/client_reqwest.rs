//! `reqwest::Client` as it is, with a throttle and retries around it.
//!
//! ```sh
//! cargo run -p ratelimit-examples --example client_reqwest
//! ```
//!
//! The server allows two calls in two seconds, and another program with the same key has just used them up.
//! Nobody told the client: it learns that from what the server answers. Who is refused waits as long as the
//! server says, and so do all others; then it is sent again, first of all. The caller sees nothing but answers. It
//! prints:
//!
//! ```text
//! the other program: 200 OK
//! the other program: 200 OK
//! the other program: 429 Too Many Requests
//! with throttle and retries: 200 OK: hello
//! with throttle and retries: 200 OK: hello
//! with throttle and retries: 200 OK: hello
//! without the time to wait: 200 OK
//! without the time to wait: the request would have to wait for longer than it may: retry later, or raise `with_max_wait` or the `with_deadline` of retries (it could go in 60s)
//! ```

use std::error::Error;
use std::net::SocketAddr;
use std::time::Duration;

use axum::{Router, routing::post};
use ratelimit_core::{Plan, Policy, Quota};
use ratelimit_tower::limit::{Anonymous, RateLimitLayer};
use ratelimit_tower::retry::RetryLayer;
use ratelimit_tower::throttle::{Pace, ThrottleError, ThrottleLayer};
use ratelimit_tower::{BoxError, key};
use reqwest::header::{AUTHORIZATION, HeaderValue};
use reqwest::{Client, Method, Request};
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tower::{ServiceBuilder, ServiceExt};

async fn serve() -> Result<SocketAddr, BoxError> {
    let quota = Quota::new(2, Duration::from_secs(2))?;
    let plan = Plan::try_from(Policy::sliding_log("calls", quota))?;
    let limits = RateLimitLayer::new(plan)
        .with_key(key::bearer)
        .with_anonymous(Anonymous::Refuse);
    let app = Router::new().route("/", post(async || "hello"));
    // Without a limit, so that what is refused below is refused by the client.
    let app = app.layer(limits).route("/free", post(async || "hello"));
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move { axum::serve(listener, app).await });
    Ok(address)
}

/// A POST is sent again as well: a 429 says that it was not executed.
fn request(address: SocketAddr, path: &str) -> Result<Request, BoxError> {
    let mut request = Request::new(Method::POST, format!("http://{address}{path}").parse()?);
    let key = HeaderValue::from_static("Bearer key-of-alice");
    request.headers_mut().insert(AUTHORIZATION, key);
    *request.body_mut() = Some("a body that can be copied".into());
    Ok(request)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let address = serve().await?;
    for _ in 0..3 {
        let response = Client::new().execute(request(address, "/")?).await?;
        println!("the other program: {}", response.status());
    }

    let client = ServiceBuilder::new()
        // Retries outside: each try waits for its turn like any other call.
        .layer(RetryLayer::new().with_deadline(Duration::from_secs(30)))
        // It knows nothing, until it reads what the server says.
        .layer(ThrottleLayer::adaptive().with_pace(Pace::Eager))
        .service(Client::new());
    let mut calls = JoinSet::new();
    for _ in 0..3 {
        let (client, request) = (client.clone(), request(address, "/")?);
        calls.spawn(async move {
            let response = client.oneshot(request).await?;
            let (status, text) = (response.status(), response.text().await?);
            Ok::<_, BoxError>(format!("{status}: {text}"))
        });
    }
    while let Some(answer) = calls.join_next().await {
        println!("with throttle and retries: {}", answer??);
    }

    // Who cannot wait is told at once when the call could go, and the server does not hear of it.
    let impatient = ThrottleLayer::new(Quota::per_minute(1)).with_max_wait(Duration::from_secs(1));
    let client = ServiceBuilder::new()
        .layer(impatient)
        .service(Client::new());
    for _ in 0..2 {
        let result = client.clone().oneshot(request(address, "/free")?).await;
        print!("without the time to wait: ");
        match result {
            Ok(response) => println!("{}", response.status()),
            Err(ThrottleError::Refused(refused)) => println!("{refused}"),
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}
