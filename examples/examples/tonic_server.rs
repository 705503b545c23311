//! A tonic server whose callers have tiers, and what a client sees of its refusals.
//!
//! ```sh
//! cargo run -p ratelimit-examples --example tonic_server
//! ```
//!
//! The service is written by hand, so that no code has to be generated: a client may send a
//! `google.protobuf.StringValue`, and is greeted with another. It prints:
//!
//! ```text
//! free-key: Hello, you!
//! free-key: ResourceExhausted: Rate limit exceeded. Please retry after 60 seconds.
//!   again after 59.9s
//! paid-key: Hello, you!
//! no-key: Unauthenticated: Invalid API key.
//! ```

use std::net::SocketAddr;

use axum::body::Body;
use axum::http::Request;
use axum::http::uri::PathAndQuery;
use axum::{Router, routing::post};
use ratelimit_core::{Plan, Quota};
use ratelimit_tower::limit::respond::Grpc;
use ratelimit_tower::limit::{Anonymous, RateLimitLayer};
use ratelimit_tower::{BoxError, Head, key};
use tokio::net::TcpListener;
use tonic::Status;
use tonic::transport::server::TcpIncoming;
use tonic::transport::{Channel, Server};
use tonic_prost::ProstCodec;
use tonic_types::StatusExt;

/// A call a minute for who tries it, and 600 for who pays.
fn limits() -> RateLimitLayer {
    // Plans are made once: a hook only hands them out.
    let free = Plan::from(Quota::per_minute(1));
    let paid = Plan::from(Quota::per_minute(600));
    RateLimitLayer::new(free.clone())
        .with_key(key::bearer)
        .with_plan(move |head: &Head<'_>| match head.bearer()? {
            "free-key" => Some(free.clone()),
            "paid-key" => Some(paid.clone()),
            _ => None,
        })
        // No key, or one that nobody knows: UNAUTHENTICATED.
        .with_anonymous(Anonymous::Refuse)
        .with_unknown(Anonymous::Refuse)
        // To a client of gRPC a 429 is UNAVAILABLE. This says RESOURCE_EXHAUSTED, and when to come again;
        // whoever calls the same port without gRPC still gets a 429 with a problem document.
        .with_responder(Grpc::new())
}

/// `demo.Greeter/Greet`, as generated code would call it.
async fn greet(request: Request<Body>) -> axum::http::Response<tonic::body::Body> {
    let greet = tower::service_fn(async |name: tonic::Request<String>| {
        let greeting = format!("Hello, {}!", name.into_inner());
        Ok::<_, Status>(tonic::Response::new(greeting))
    });
    let codec = ProstCodec::<String, String>::default();
    tonic::server::Grpc::new(codec).unary(greet, request).await
}

/// The layer is around the whole server: what it refuses, no service sees.
async fn serve() -> Result<SocketAddr, BoxError> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let routes = Router::new().route("/demo.Greeter/Greet", post(greet));
    let server = Server::builder()
        .layer(limits())
        .add_routes(routes.into())
        .serve_with_incoming(TcpIncoming::from(listener));
    tokio::spawn(server);
    Ok(address)
}

async fn call(channel: &Channel, key: &str) -> Result<String, Status> {
    let mut client = tonic::client::Grpc::new(channel.clone());
    let ready = client.ready().await;
    ready.map_err(|error| Status::unavailable(error.to_string()))?;
    let mut request = tonic::Request::new("you".to_owned());
    let bearer = format!("Bearer {key}").parse();
    let bearer = bearer.map_err(|_| Status::invalid_argument("a key is ASCII"))?;
    request.metadata_mut().insert("authorization", bearer);
    let path = PathAndQuery::from_static("/demo.Greeter/Greet");
    let codec = ProstCodec::<String, String>::default();
    let response = client.unary(request, path, codec).await?;
    Ok(response.into_inner())
}

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    let address = serve().await?;
    let endpoint = Channel::from_shared(format!("http://{address}"))?;
    let channel = endpoint.connect().await?;
    for key in ["free-key", "free-key", "paid-key", "no-key"] {
        match call(&channel, key).await {
            Ok(greeting) => println!("{key}: {greeting}"),
            Err(status) => {
                println!("{key}: {:?}: {}", status.code(), status.message());
                // For a program: exact, and the same that `grpc-retry-pushback-ms` says.
                if let Some(info) = status.get_details_retry_info() {
                    println!("  again after {:?}", info.retry_delay.unwrap_or_default());
                }
            }
        }
    }
    Ok(())
}
