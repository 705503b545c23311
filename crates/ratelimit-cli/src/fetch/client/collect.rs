//! Reads an answer to its end, so that it is one thing that is there or not.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, Response, StatusCode};
use http_body::Body;
use http_body_util::BodyExt;
use ratelimit_tower::client::{Guard, ResponseHead};
use ratelimit_tower::throttle::ThrottleError;
use tower_service::Service;

use super::Draft;
use super::error::SendError;
use super::trail::Trail;

/// A whole answer.
pub(in crate::fetch) struct Got {
    pub(in crate::fetch) status: StatusCode,
    pub(in crate::fetch) headers: HeaderMap,
    pub(in crate::fetch) body: Bytes,
}

#[derive(Clone)]
pub(in crate::fetch) struct Collect<S> {
    inner: S,
    most: u64,
    timeout: Duration,
}

impl<S> Collect<S> {
    /// Bodies of more bytes are an error.
    pub(super) fn new(inner: S, most: u64, timeout: Duration) -> Self {
        Self {
            inner,
            most,
            timeout,
        }
    }
}

impl ResponseHead for Got {
    type Held = Got;

    fn status(&self) -> StatusCode {
        self.status
    }

    fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// Its code may say that it is of no use to send it again.
    fn read_body(&self) -> Option<&[u8]> {
        Some(&self.body)
    }

    /// The body is here, so there is nothing to hold on to.
    fn hold(self, _: Option<Guard>) -> Got {
        self
    }
}

impl<S, B> Service<Draft> for Collect<S>
where
    S: Service<Draft, Response = Response<B>, Error = ThrottleError<SendError>>,
    S::Future: Send + 'static,
    B: Body<Data = Bytes, Error = reqwest::Error> + Send + 'static,
{
    type Response = Got;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Got, S::Error>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, draft: Draft) -> Self::Future {
        let trail = draft.extensions().get::<Trail>().cloned();
        let (most, timeout) = (self.most, self.timeout);
        let answer = self.inner.call(draft);
        Box::pin(async move {
            let (head, body) = answer.await?.into_parts();
            let _on_wire = trail.as_ref().map(Trail::answered);
            let body = whole(body, most, timeout)
                .await
                .map_err(ThrottleError::Inner)?;
            Ok(Got {
                status: head.status,
                headers: head.headers,
                body,
            })
        })
    }
}

async fn whole<B>(body: B, most: u64, timeout: Duration) -> Result<Bytes, SendError>
where
    B: Body<Data = Bytes, Error = reqwest::Error>,
{
    let mut body = std::pin::pin!(body);
    let mut whole = BytesMut::new();
    if body.size_hint().lower() > most {
        return Err(SendError::TooLarge(most));
    }
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| SendError::of(&error, timeout))?;
        if let Ok(data) = frame.into_data() {
            if (whole.len() + data.len()) as u64 > most {
                return Err(SendError::TooLarge(most));
            }
            whole.extend_from_slice(&data);
        }
    }
    Ok(whole.freeze())
}
