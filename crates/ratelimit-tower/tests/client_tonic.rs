//! The layers around tonic's channel: they are a gRPC service as the channel is.

use http::StatusCode;
use http::uri::PathAndQuery;
use ratelimit_core::Quota;
use ratelimit_tower::retry::RetryLayer;
use ratelimit_tower::throttle::ThrottleLayer;
use tonic::client::{Grpc, GrpcService};
use tonic::transport::Channel;
use tower::ServiceBuilder;

mod socket;

fn is_grpc_service<S: GrpcService<tonic::body::Body>>(service: S) -> S {
    service
}

#[tokio::test]
async fn tonics_channel_is_throttled_as_it_is() {
    let address = socket::serve_http2(vec![429, 200]).await;
    let channel = Channel::from_shared(format!("http://{address}"))
        .unwrap()
        .connect_lazy();
    let layer = ThrottleLayer::new(Quota::per_second(1000)).with_concurrency(1);
    let stack = ServiceBuilder::new()
        .layer(RetryLayer::new().with_uncopyable_bodies())
        .layer(layer.clone())
        .service(channel);
    let mut client = Grpc::new(is_grpc_service(stack));
    client.ready().await.unwrap();
    let path = PathAndQuery::from_static("/test.Echo/Say");
    let codec = socket::BytesCodec;
    let request = tonic::Request::new(bytes::Bytes::from_static(b"hi"));
    // A 429 of HTTP is "unavailable" to gRPC; it also paused the gate.
    let status = client
        .unary(request, path.clone(), codec)
        .await
        .unwrap_err();
    assert_eq!(status.code(), tonic::Code::Unavailable);

    let request = tonic::Request::new(bytes::Bytes::from_static(b"hi"));
    client.ready().await.unwrap();
    let _ = client.unary(request, path, socket::BytesCodec).await;
    assert_eq!(
        socket::served(),
        [StatusCode::TOO_MANY_REQUESTS, StatusCode::OK]
    );
}
