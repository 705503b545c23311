//! A server in the same process, on the paused clock: it notes when it was reached, and answers as it
//! was told. A clone is not ready until it was polled, and panics if it is called before.

#![allow(dead_code, reason = "each test uses a part of it")]
#![allow(clippy::unwrap_used, reason = "only tests use it")]

use std::collections::VecDeque;
use std::future::{Future, ready};
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use tokio::time::Instant;
use tower_service::Service;

pub(crate) type Body = Full<Bytes>;
/// What the server answers; `None` is a broken connection.
pub(crate) type Answer = Option<Response<Body>>;

#[derive(Debug)]
pub(crate) struct Broken;

impl std::fmt::Display for Broken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the connection broke")
    }
}

impl std::error::Error for Broken {}

pub(crate) struct Server {
    shared: Arc<Shared>,
    is_ready: bool,
}

struct Shared {
    start: Instant,
    log: Mutex<Vec<(u128, String)>>,
    answers: Mutex<VecDeque<(Answer, Duration)>>,
    /// Of what comes after those.
    latency: Duration,
}

impl Server {
    /// Answers in this order, and then 200 for ever.
    pub(crate) fn new(answers: impl IntoIterator<Item = Answer>) -> Self {
        Self::with_latency(answers, Duration::ZERO)
    }

    pub(crate) fn with_latency(
        answers: impl IntoIterator<Item = Answer>,
        latency: Duration,
    ) -> Self {
        Self::build(answers.into_iter().map(|answer| (answer, latency)), latency)
    }

    /// Each of these answers takes its own time.
    pub(crate) fn with_latencies(answers: impl IntoIterator<Item = (Answer, Duration)>) -> Self {
        Self::build(answers, Duration::ZERO)
    }

    fn build(answers: impl IntoIterator<Item = (Answer, Duration)>, latency: Duration) -> Self {
        let shared = Shared {
            start: Instant::now(),
            log: Mutex::default(),
            answers: Mutex::new(answers.into_iter().collect()),
            latency,
        };
        Self {
            shared: Arc::new(shared),
            is_ready: false,
        }
    }

    /// When it was reached, in milliseconds since its start.
    pub(crate) fn times(&self) -> Vec<u128> {
        self.log().into_iter().map(|(at, _)| at).collect()
    }

    pub(crate) fn paths(&self) -> Vec<String> {
        self.log().into_iter().map(|(_, path)| path).collect()
    }

    pub(crate) fn log(&self) -> Vec<(u128, String)> {
        self.shared.log.lock().unwrap().clone()
    }
}

impl Clone for Server {
    fn clone(&self) -> Self {
        Self {
            shared: Arc::clone(&self.shared),
            is_ready: false,
        }
    }
}

impl<B> Service<Request<B>> for Server {
    type Response = Response<Body>;
    type Error = Broken;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, Broken>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Broken>> {
        self.is_ready = true;
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        assert!(std::mem::take(&mut self.is_ready), "called unready");
        let at = self.shared.start.elapsed().as_millis();
        let path = request.uri().path().to_owned();
        self.shared.log.lock().unwrap().push((at, path));
        let answer = self.shared.answers.lock().unwrap().pop_front();
        let (answer, latency) = answer.unwrap_or_else(|| (Some(ok()), self.shared.latency));
        let answer = answer.ok_or(Broken);
        if latency.is_zero() {
            return Box::pin(ready(answer));
        }
        Box::pin(async move {
            tokio::time::sleep(latency).await;
            answer
        })
    }
}

pub(crate) fn ok() -> Response<Body> {
    answer(200, &[])
}

pub(crate) fn answer(status: u16, headers: &[(&'static str, &str)]) -> Response<Body> {
    let mut response = Response::new(Body::from("hello"));
    *response.status_mut() = status.try_into().unwrap();
    for (name, value) in headers {
        response.headers_mut().insert(*name, value.parse().unwrap());
    }
    response
}

pub(crate) fn get(path: &str) -> Request<()> {
    let uri = format!("http://api.example{path}");
    Request::get(uri).body(()).unwrap()
}

pub(crate) fn post(path: &str) -> Request<()> {
    let uri = format!("http://api.example{path}");
    Request::post(uri).body(()).unwrap()
}
