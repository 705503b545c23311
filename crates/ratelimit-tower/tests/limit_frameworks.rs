//! The layer where its users put it, over real sockets: axum, hyper, tonic.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod common;

use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::ConnectInfo;
use axum::{Extension, Router, routing::get};
use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::{Client, connect::HttpConnector};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::service::TowerToHyperService;
use ratelimit_core::{Decision, Quota};
use ratelimit_tower::Head;
use ratelimit_tower::key::{self, PeerAddr};
use ratelimit_tower::limit::RateLimitLayer;
use tokio::net::TcpListener;
use tower::{Layer, ServiceExt};

type TestClient = Client<HttpConnector, Full<Bytes>>;

fn client() -> TestClient {
    Client::builder(TokioExecutor::new()).build_http()
}

async fn get_status(client: &TestClient, address: SocketAddr, path: &str) -> StatusCode {
    let response = client
        .get(format!("http://{address}{path}").parse().unwrap())
        .await
        .unwrap();
    let status = response.status();
    response.into_body().collect().await.unwrap();
    status
}

fn connect_info(head: &Head<'_>) -> Option<std::net::IpAddr> {
    Some(head.extension::<ConnectInfo<SocketAddr>>()?.0.ip())
}

/// A layer whose budget no machine is slow enough to see refilled.
fn ten_a_day() -> RateLimitLayer {
    RateLimitLayer::new(Quota::per_day(10)).with_peer(connect_info)
}

async fn serve_axum(router: Router) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, service).await });
    address
}

#[tokio::test]
async fn connections_clones_and_routes_share_one_budget() {
    let hello = || get(|| async { "hello" });
    let layer = ten_a_day();
    let router = Router::new()
        .route("/a", hello())
        .route("/b", hello())
        .route_layer(layer.clone())
        .merge(Router::new().route("/c", hello().layer(layer.clone())))
        .merge(Router::new().route("/d", hello()).layer(layer));
    let address = serve_axum(router).await;
    let connections = (0..6).map(|_| {
        tokio::spawn(async move {
            // A client of its own has connections of its own.
            let (client, mut admitted) = (client(), 0);
            for path in ["/a", "/b", "/c", "/d"] {
                admitted += u32::from(get_status(&client, address, path).await == StatusCode::OK);
            }
            admitted
        })
    });
    let mut admitted = 0;
    for connection in connections.collect::<Vec<_>>() {
        admitted += connection.await.unwrap();
    }
    assert_eq!(admitted, 10);
}

#[tokio::test]
async fn an_axum_handler_extracts_the_decision() {
    let handler =
        |Extension(decision): Extension<Decision>| async move { decision.remaining().to_string() };
    let layer = ten_a_day().with_decision_in_request(true);
    let address = serve_axum(Router::new().route("/", get(handler)).layer(layer)).await;
    let response = client()
        .get(format!("http://{address}/").parse().unwrap())
        .await
        .unwrap();
    assert_eq!(common::text(response).await, "9");
}

#[tokio::test]
async fn axum_without_connect_info_is_told_what_is_missing() {
    let router = Router::new()
        .route("/", get(|| async { "hello" }))
        .layer(ten_a_day());
    let request = Request::new(axum::body::Body::empty());
    let response = router.oneshot(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
    assert!(common::text(response).await.contains("with_peer"));
}

#[tokio::test]
async fn a_hyper_server_is_limited_over_all_its_connections() {
    let layer = RateLimitLayer::new(Quota::per_day(3));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        loop {
            let (stream, peer) = listener.accept().await.unwrap();
            let limited = layer.layer(tower::service_fn(
                |_: Request<hyper::body::Incoming>| async {
                    Ok::<_, std::convert::Infallible>(Response::new(Full::<Bytes>::from("hello")))
                },
            ));
            let service = limited.map_request(move |mut request: Request<_>| {
                request.extensions_mut().insert(PeerAddr(peer));
                request
            });
            tokio::spawn(async move {
                let service = TowerToHyperService::new(service);
                let connection = hyper::server::conn::http1::Builder::new();
                connection
                    .serve_connection(TokioIo::new(stream), service)
                    .await
            });
        }
    });
    let mut statuses = Vec::new();
    for _ in 0..4 {
        statuses.push(get_status(&client(), address, "/").await.as_u16());
    }
    assert_eq!(statuses, [200, 200, 200, 429]);
}

#[tokio::test]
async fn a_tonic_server_is_limited_by_its_layer() {
    let layer = RateLimitLayer::new(Quota::per_day(1)).with_key(key::bearer);
    let routes = tonic::service::Routes::from(Router::new().route("/svc/Call", get(|| async {})));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let incoming = tonic::transport::server::TcpIncoming::from(listener);
    let server = tonic::transport::Server::builder()
        .accept_http1(true)
        .layer(layer)
        .add_routes(routes)
        .serve_with_incoming(incoming);
    tokio::spawn(server);
    let client = Arc::new(client());
    let call = async |token: &str| {
        let request = Request::get(format!("http://{address}/svc/Call"))
            .header("authorization", format!("Bearer {token}"))
            .body(Full::default())
            .unwrap();
        client.request(request).await.unwrap().status().as_u16()
    };
    let statuses = [call("a").await, call("a").await, call("b").await];
    assert_eq!(statuses, [200, 429, 200]);
}
