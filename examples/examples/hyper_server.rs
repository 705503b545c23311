//! A plain hyper server: limits by address, and a cap on how many downloads a client has at once.
//!
//! ```sh
//! cargo run -p ratelimit-examples --example hyper_server
//! ```
//!
//! A client that reads slowly is being served, so its place is held to the end of the body. It prints:
//!
//! ```text
//! first download: 200 OK
//! second download: 200 OK
//! third download: 429 Too Many Requests, retry-after 1s
//! the first has ended: 64 MiB
//! third download: 200 OK
//! ```

use std::convert::Infallible;
use std::error::Error;
use std::net::SocketAddr;

use bytes::Bytes;
use http_body_util::channel::Channel;
use hyper::body::Incoming;
use hyper::{Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use hyper_util::service::TowerToHyperService;
use ratelimit_core::{Plan, Policy, Quota};
use ratelimit_tower::key::PeerAddr;
use ratelimit_tower::limit::RateLimitLayer;
use tokio::net::{TcpListener, TcpStream};
use tower::{Layer, ServiceExt, service_fn};

const MIB: usize = 1 << 20;

/// More than the sockets between server and client can hold: it ends when somebody reads it.
async fn download(_: Request<Incoming>) -> Result<Response<Channel<Bytes>>, Infallible> {
    let (mut sender, body) = Channel::new(1);
    tokio::spawn(async move {
        let chunk = Bytes::from(vec![0; MIB]);
        for _ in 0..64 {
            // Fails when the client has gone: nobody needs the rest.
            sender.send_data(chunk.clone()).await?;
        }
        Ok::<_, Box<dyn Error + Send + Sync>>(())
    });
    Ok(Response::new(body))
}

async fn connection(stream: TcpStream, peer: SocketAddr, limits: RateLimitLayer) {
    // The layer does not see sockets, so each request has to say where it came from.
    let service =
        limits
            .layer(service_fn(download))
            .map_request(move |mut request: Request<Incoming>| {
                request.extensions_mut().insert(PeerAddr(peer));
                request
            });
    let service = TowerToHyperService::new(service);
    let server = Builder::new(TokioExecutor::new());
    let served = server.serve_connection(TokioIo::new(stream), service);
    if let Err(error) = served.await {
        eprintln!("{peer}: {error}");
    }
}

async fn serve() -> Result<SocketAddr, Box<dyn Error>> {
    let plan = Plan::new(
        "downloads",
        [
            Policy::sliding_log("hour", Quota::per_hour(100)),
            Policy::concurrency("at-once", 2),
        ],
    )?;
    // One layer for all connections: the state is the layer's.
    let limits = RateLimitLayer::new(plan);
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move {
        while let Ok((stream, peer)) = listener.accept().await {
            tokio::spawn(connection(stream, peer, limits.clone()));
        }
    });
    Ok(address)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let url = format!("http://{}/", serve().await?);
    let client = reqwest::Client::new();
    let mut first = client.get(&url).send().await?;
    println!("first download: {}", first.status());
    let second = client.get(&url).send().await?;
    println!("second download: {}", second.status());
    let third = client.get(&url).send().await?;
    let wait = third.headers().get("retry-after");
    let wait = wait.and_then(|wait| wait.to_str().ok()).unwrap_or("?");
    println!("third download: {}, retry-after {wait}s", third.status());

    let mut length = 0;
    while let Some(chunk) = first.chunk().await? {
        length += chunk.len();
    }
    println!("the first has ended: {} MiB", length / MIB);
    println!(
        "third download: {}",
        client.get(&url).send().await?.status()
    );
    Ok(())
}
