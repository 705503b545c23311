//! A client of gRPC whose channel learns what the server allows.
//!
//! ```sh
//! cargo run -p ratelimit-examples --example client_tonic
//! ```
//!
//! The service is written by hand, so that no code has to be generated: a client may send a
//! `google.protobuf.StringValue`, and is greeted with another. Eight callers call at once, and the server lets
//! in three in two seconds; without the layer, five of them would be refused. It prints:
//!
//! ```text
//! without: 3 greeted, 5 refused
//! with the layer: 8 greeted, 0 refused
//! ```

use std::net::SocketAddr;
use std::time::Duration;

use axum::http::uri::PathAndQuery;
use axum::http::{Request, Response};
use axum::{Router, routing::post};
use ratelimit_core::{KeySink, Plan, Policy, Quota};
use ratelimit_tower::limit::RateLimitLayer;
use ratelimit_tower::limit::respond::Grpc;
use ratelimit_tower::retry::RetryLayer;
use ratelimit_tower::throttle::{Pace, ThrottleLayer};
use ratelimit_tower::{BoxError, Head};
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tonic::body::Body;
use tonic::client::GrpcService;
use tonic::transport::server::TcpIncoming;
use tonic::transport::{Channel, Server};
use tonic::{Code, Status};
use tonic_prost::ProstCodec;
use tower::ServiceBuilder;

/// `demo.Greeter/Greet`, as generated code would call it.
async fn greet(request: Request<axum::body::Body>) -> Response<Body> {
    let greet = tower::service_fn(async |name: tonic::Request<String>| {
        let greeting = format!("Hello, {}!", name.into_inner());
        Ok::<_, Status>(tonic::Response::new(greeting))
    });
    let codec = ProstCodec::<String, String>::default();
    tonic::server::Grpc::new(codec).unary(greet, request).await
}

/// All callers share one limit.
fn everybody(_: &Head<'_>, key: &mut KeySink) -> bool {
    key.text("everybody");
    true
}

async fn serve() -> Result<SocketAddr, BoxError> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let three = Quota::new(3, Duration::from_secs(2))?;
    let limits = RateLimitLayer::new(Plan::try_from(Policy::sliding_log("calls", three))?)
        .with_key(everybody)
        .with_responder(Grpc::new());
    let routes = Router::new().route("/demo.Greeter/Greet", post(greet));
    let server = Server::builder()
        .layer(limits)
        .add_routes(routes.into())
        .serve_with_incoming(TcpIncoming::from(listener));
    tokio::spawn(server);
    Ok(address)
}

/// What generated code does, whatever the service below it is.
async fn call<S: GrpcService<Body>>(service: S) -> Result<String, Status>
where
    S::ResponseBody: Send + 'static,
    <S::ResponseBody as axum::body::HttpBody>::Error: Into<BoxError>,
{
    let mut client = tonic::client::Grpc::new(service);
    let ready = client.ready().await;
    ready.map_err(|_| Status::unavailable("the channel is closed"))?;
    let path = PathAndQuery::from_static("/demo.Greeter/Greet");
    let codec = ProstCodec::<String, String>::default();
    let request = tonic::Request::new("you".to_owned());
    Ok(client.unary(request, path, codec).await?.into_inner())
}

/// How many of eight callers are greeted, and how many are told that it is too much.
async fn eight_calls<S>(service: S) -> (usize, usize)
where
    S: GrpcService<Body> + Clone + Send + 'static,
    S::Future: Send,
    S::ResponseBody: Send + 'static,
    <S::ResponseBody as axum::body::HttpBody>::Error: Into<BoxError>,
    <S::ResponseBody as axum::body::HttpBody>::Data: Send,
{
    let mut calls = JoinSet::new();
    for _ in 0..8 {
        calls.spawn(call(service.clone()));
    }
    let answers = calls.join_all().await;
    let refused = |answer: &Result<_, Status>| {
        let code = answer.as_ref().err().map(Status::code);
        code == Some(Code::ResourceExhausted)
    };
    let greeted = answers.iter().filter(|answer| answer.is_ok()).count();
    (greeted, answers.iter().filter(|a| refused(a)).count())
}

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    let address = serve().await?;
    let endpoint = Channel::from_shared(format!("http://{address}"))?;
    let channel = endpoint.connect().await?;
    let (greeted, refused) = eight_calls(channel.clone()).await;
    println!("without: {greeted} greeted, {refused} refused");

    // What was sent without the layer is not forgotten by the server at once.
    tokio::time::sleep(Duration::from_secs(2)).await;
    let throttled = ServiceBuilder::new()
        // The bodies of gRPC are streams: what is refused all the same is not sent again.
        .layer(RetryLayer::new().with_uncopyable_bodies())
        .layer(ThrottleLayer::adaptive().with_pace(Pace::Eager))
        .service(channel);
    let (greeted, refused) = eight_calls(throttled).await;
    println!("with the layer: {greeted} greeted, {refused} refused");
    Ok(())
}
