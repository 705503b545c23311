//! The layers around reqwest's client, over a real socket.
#![cfg(feature = "reqwest")]

use ratelimit_core::Quota;
use ratelimit_tower::retry::RetryLayer;
use ratelimit_tower::throttle::ThrottleLayer;
use reqwest::{Body, Client, Method, Request, Response, StatusCode};
use tower::{ServiceBuilder, ServiceExt};

mod socket;

#[tokio::test]
async fn reqwests_client_is_throttled_and_retried_as_it_is() {
    let address = socket::serve(vec![429, 200, 200]).await;
    let layer = ThrottleLayer::new(Quota::per_second(1000)).with_concurrency(1);
    let stack = ServiceBuilder::new()
        .layer(RetryLayer::new())
        .layer(layer.clone())
        .service(Client::new());
    let url = format!("http://{address}/path");
    let mut request = Request::new(Method::POST, url.parse().unwrap());
    *request.body_mut() = Some(Body::from("in memory"));

    let next = request.try_clone().unwrap();
    let response: Response = stack.clone().oneshot(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.url().as_str(), url);
    assert_eq!(response.text().await.unwrap(), "hello");
    assert_eq!(stack.oneshot(next).await.unwrap().status(), StatusCode::OK);
}

#[tokio::test]
async fn a_place_is_held_until_reqwests_body_has_been_read() {
    let address = socket::serve(vec![200, 200]).await;
    let layer = ThrottleLayer::new(Quota::per_second(1000)).with_concurrency(1);
    let client = ServiceBuilder::new()
        .layer(layer.clone())
        .service(Client::new());
    let get = || Request::new(Method::GET, format!("http://{address}/").parse().unwrap());
    let response = client.clone().oneshot(get()).await.unwrap();
    let gate = layer.gate(&get()).unwrap();
    assert!(gate.try_pass(1).is_none());
    assert_eq!(response.bytes().await.unwrap(), "hello");
    assert!(gate.try_pass(1).is_some());
}
