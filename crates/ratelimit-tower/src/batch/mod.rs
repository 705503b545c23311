//! Many requests through one client, so many of them at a time.
//!
//! Five hundred futures that all wait for one throttle work, but each of them is a place in its queue,
//! a copy of its request and a clone of the client from the first second on. [`Batch`] takes its
//! requests one by one, from a list or from a stream that is read as it goes, keeps a few of them under
//! way and gives each result as it is there.
//!
//! - Requests are started in their order. Results come as they finish; each has the number of its
//!   request, from 0, so that the order can be had back.
//! - One that fails is one result that is an error. The others go on.
//! - The service is asked whether it is ready before each call, and nothing is asked for in advance: it
//!   is polled only when there is a request for it.
//! - Dropped, the batch cancels what is under way, and starts nothing more. It spawns nothing.
//!
//! Put it around the whole client, with [`retry`](crate::retry) and [`throttle`](crate::throttle) in it.
//!
//! # Dangers
//!
//! - Everything in it moves only while it is polled. Who takes long over a result holds up those that
//!   are under way: hand results on and poll again.
//! - A result is there with the head of the response. Who keeps the bodies of all, unread, keeps their
//!   connections, and their places in flight. Read the body within the service (see the example) and the
//!   batch counts it too.
//! - A service whose `poll_ready` fails is asked again for the next request. One that is broken for good
//!   answers so for each of them, and the batch ends.
//!
//! # Examples
//!
//! ```
//! use http::{Request, Response};
//! use http_body_util::Empty;
//! use ratelimit_core::Quota;
//! use ratelimit_tower::{batch::Batch, retry::RetryLayer, throttle::ThrottleLayer};
//! use std::convert::Infallible;
//! use tower::{ServiceBuilder, service_fn};
//!
//! # #[tokio::main(flavor = "current_thread", start_paused = true)]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let client = service_fn(|_: Request<()>| async {
//! #     Ok::<_, Infallible>(Response::new(Empty::<bytes::Bytes>::new()))
//! # });
//! let client = ServiceBuilder::new()
//!     .layer(RetryLayer::new())
//!     .layer(ThrottleLayer::new(Quota::per_minute(60)))
//!     .service(client); // of hyper-util, say
//!
//! let requests = (0..100).map(|n| {
//!     Request::get(format!("http://api.example/items/{n}")).body(()).expect("a URL")
//! });
//! let mut batch = Batch::new(client, requests).with_concurrency(8);
//! let mut found = 0;
//! while let Some((n, result)) = batch.next().await {
//!     match result {
//!         Ok(response) => found += u32::from(response.status().is_success()),
//!         Err(error) => eprintln!("item {n}: {error}"),
//!     }
//! }
//! assert_eq!(found, 100);
//! # Ok(())
//! # }
//! ```
//!
//! A service that reads the body too, and a stream of requests instead of a list. What a request carries
//! through the service comes back with it, as the name here:
//!
//! ```
//! use futures_util::stream;
//! # use http::{Request, Response};
//! use http_body_util::{BodyExt, Full};
//! use ratelimit_tower::batch::Batch;
//! # use std::convert::Infallible;
//! use tower::{ServiceExt, service_fn};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let client = service_fn(|request: Request<()>| async move {
//! #     let path = request.uri().path().to_owned();
//! #     Ok::<_, Infallible>(Response::new(Full::<bytes::Bytes>::from(path)))
//! # });
//! let whole = service_fn(move |name: &'static str| async move {
//!     let request = Request::get(format!("http://api.example/{name}")).body(())?;
//!     let response = client.oneshot(request).await?;
//!     let body = response.into_body().collect().await?.to_bytes();
//!     Ok::<_, Box<dyn std::error::Error>>((name, body))
//! });
//!
//! let mut batch = Batch::of_stream(whole, stream::iter(["ants", "bees"]));
//! while let Some((_, result)) = batch.next().await {
//!     let (name, body) = result?;
//!     assert_eq!(body, format!("/{name}"));
//! }
//! # Ok(())
//! # }
//! ```

mod listed;
mod numbered;
mod stream;

pub use listed::Listed;
pub use stream::Batch;
