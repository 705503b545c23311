//! A server on a real loopback socket, which answers with these statuses in turn.

#![allow(dead_code, reason = "each test uses a part of it")]
#![allow(clippy::unwrap_used, reason = "only tests use it")]

use std::collections::VecDeque;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use bytes::{Buf, BufMut, Bytes};
use http::{Request, Response, StatusCode};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use tokio::net::TcpListener;
use tonic::Status;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};

static SERVED: Mutex<Vec<StatusCode>> = Mutex::new(Vec::new());

/// What was answered by now.
pub(crate) fn served() -> Vec<StatusCode> {
    SERVED.lock().unwrap().clone()
}

/// HTTP/1 or 2, as the client begins.
pub(crate) async fn serve(statuses: Vec<u16>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let statuses = Arc::new(Mutex::new(VecDeque::from(statuses)));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let statuses = Arc::clone(&statuses);
            let service = service_fn(move |_: Request<Incoming>| {
                let status = statuses.lock().unwrap().pop_front();
                let response = answer(status.unwrap_or(200));
                async move { Ok::<_, Infallible>(response) }
            });
            let serve = async move {
                let builder = Builder::new(TokioExecutor::new());
                builder
                    .serve_connection(TokioIo::new(stream), service)
                    .await
            };
            tokio::spawn(async move { drop(serve.await) });
        }
    });
    address
}

pub(crate) async fn serve_http2(statuses: Vec<u16>) -> SocketAddr {
    serve(statuses).await
}

fn answer(status: u16) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::from("hello"));
    *response.status_mut() = StatusCode::from_u16(status).unwrap();
    if status == 429 {
        *response.body_mut() = Full::default();
        response.headers_mut().insert("retry-after", 0.into());
    }
    SERVED.lock().unwrap().push(response.status());
    response
}

/// Messages that are bytes as they are.
pub(crate) struct BytesCodec;

impl Codec for BytesCodec {
    type Encode = Bytes;
    type Decode = Bytes;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        Self
    }

    fn decoder(&mut self) -> Self {
        Self
    }
}

impl Encoder for BytesCodec {
    type Item = Bytes;
    type Error = Status;

    fn encode(&mut self, item: Bytes, buffer: &mut EncodeBuf<'_>) -> Result<(), Status> {
        buffer.put(item);
        Ok(())
    }
}

impl Decoder for BytesCodec {
    type Item = Bytes;
    type Error = Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<Bytes>, Status> {
        let length = buffer.remaining();
        Ok(Some(buffer.copy_to_bytes(length)))
    }
}
