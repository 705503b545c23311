//! An upstream to try limits with: it answers everything, as slowly and as badly as it is told to.
//!
//! `?delay_ms=N` sends the head and the first half of the body at once, and the end N milliseconds
//! later: a request that is in flight. `?status=N` answers with that status.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderValue, Request, Response, StatusCode, header};
use http_body::{Body, Frame};
use tokio::time::Sleep;
use tower_service::Service;

/// The longest delay in milliseconds; whoever asks for more is told so.
const MAX_DELAY: u64 = 60_000;

/// Answers every method and path with 200 and a small JSON body.
#[derive(Clone, Copy, Debug, Default)]
pub struct Demo;

/// A body in two halves with a pause between them.
#[derive(Debug)]
pub struct Halves {
    first: Option<Bytes>,
    pause: Option<Pin<Box<Sleep>>>,
    second: Option<Bytes>,
}

#[derive(Clone, Copy)]
struct Wish {
    delay: Duration,
    status: StatusCode,
}

impl<B> Service<Request<B>> for Demo {
    type Response = Response<Halves>;
    type Error = Infallible;
    type Future = Ready<Result<Response<Halves>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        ready(Ok(respond(&request)))
    }
}

impl Body for Halves {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if let Some(first) = self.first.take() {
            return Poll::Ready(Some(Ok(Frame::data(first))));
        }
        if let Some(pause) = &mut self.pause {
            std::task::ready!(pause.as_mut().poll(cx));
            self.pause = None;
        }
        Poll::Ready(self.second.take().map(|second| Ok(Frame::data(second))))
    }

    fn is_end_stream(&self) -> bool {
        self.first.is_none() && self.second.is_none()
    }
}

fn respond<B>(request: &Request<B>) -> Response<Halves> {
    match wish(request.uri().query().unwrap_or_default()) {
        Ok(wish) => {
            let second = serde_json::json!({
                "method": request.method().as_str(),
                "path": request.uri().path(),
            });
            let first = r#"{"message":"Hello from the demo upstream.","#;
            let second = second.to_string().split_off(1) + "\n";
            answer(wish, first.into(), second)
        }
        Err(problem) => {
            let wish = Wish {
                delay: Duration::ZERO,
                status: StatusCode::BAD_REQUEST,
            };
            let body = serde_json::json!({ "message": problem });
            answer(wish, String::new(), body.to_string() + "\n")
        }
    }
}

fn answer(wish: Wish, first: String, second: String) -> Response<Halves> {
    let bodiless = matches!(wish.status.as_u16(), 204 | 205 | 304);
    let part = |text: String| {
        Some(text)
            .filter(|t| !t.is_empty() && !bodiless)
            .map(Bytes::from)
    };
    let pause = !wish.delay.is_zero() && !bodiless;
    let mut response = Response::new(Halves {
        first: part(first),
        pause: pause.then(|| Box::pin(tokio::time::sleep(wish.delay))),
        second: part(second),
    });
    *response.status_mut() = wish.status;
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    response
}

fn wish(query: &str) -> Result<Wish, String> {
    let mut wish = Wish {
        delay: Duration::ZERO,
        status: StatusCode::OK,
    };
    for pair in query.split('&') {
        match pair.split_once('=') {
            Some(("delay_ms", value)) => {
                let delay = value.parse().ok().filter(|ms| *ms <= MAX_DELAY);
                let problem = || format!("delay_ms is a number from 0 to {MAX_DELAY}");
                wish.delay = Duration::from_millis(delay.ok_or_else(problem)?);
            }
            Some(("status", value)) => {
                let status = value
                    .parse()
                    .ok()
                    .filter(|status| (200..600).contains(status));
                let status = status.and_then(|status| StatusCode::from_u16(status).ok());
                let problem = || "status is a number from 200 to 599".to_owned();
                wish.status = status.ok_or_else(problem)?;
            }
            _ => {}
        }
    }
    Ok(wish)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(query: &str) -> Result<(u64, u16), String> {
        let wish = wish(query)?;
        let delay = u64::try_from(wish.delay.as_millis()).unwrap();
        Ok((delay, wish.status.as_u16()))
    }

    #[test]
    fn wishes_are_read_and_the_impossible_is_refused() {
        assert_eq!(asked(""), Ok((0, 200)));
        assert_eq!(asked("n=1&delay_ms=250&status=503"), Ok((250, 503)));
        assert!(asked("delay_ms=60001").is_err());
        assert!(asked("delay_ms=-1").is_err());
        assert!(asked("status=199").is_err());
        assert!(asked("status=teapot").is_err());
    }

    #[test]
    fn a_path_cannot_break_the_json() {
        let halves = respond(&Request::get("/a\"b?status=201").body(()).unwrap());
        assert_eq!(halves.status(), 201);
        let body = halves.into_body();
        let text = [body.first.unwrap(), body.second.unwrap()].concat();
        let json: serde_json::Value = serde_json::from_slice(&text).unwrap();
        assert_eq!(json["path"], "/a\"b");
    }
}
