//! The layers around hyper-util's client, over a real socket.

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, Empty};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use ratelimit_core::Quota;
use ratelimit_tower::retry::RetryLayer;
use ratelimit_tower::throttle::ThrottleLayer;
use tower::{ServiceBuilder, ServiceExt};

mod socket;

#[tokio::test]
async fn hyper_utils_client_is_throttled_and_retried_as_it_is() {
    let address = socket::serve(vec![429, 200, 200]).await;
    let client = Client::builder(TokioExecutor::new()).build_http::<Empty<Bytes>>();
    let layer = ThrottleLayer::new(Quota::per_second(1000)).with_concurrency(1);
    let stack = ServiceBuilder::new()
        .layer(RetryLayer::new())
        .layer(layer.clone())
        .service(client);
    let request = || {
        Request::get(format!("http://{address}/"))
            .body(Empty::new())
            .unwrap()
    };

    let response: Response<_> = stack.clone().oneshot(request()).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    assert!(!layer.gate(&request()).unwrap().is_idle());
    let body = response.into_body().collect().await.unwrap().to_bytes();
    assert_eq!(body, "hello");
    // The place is free again, or this would never come back.
    assert!(
        stack
            .oneshot(request())
            .await
            .unwrap()
            .status()
            .is_success()
    );
}
