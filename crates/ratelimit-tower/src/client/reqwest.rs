//! reqwest's own types.

use http::response::Builder;
use http::{HeaderMap, Method, StatusCode};
use reqwest::{Body, Request, Response, ResponseBuilderExt};

use super::{Guard, ReadBody, RequestHead, ResponseHead};
use crate::body::GuardedBody;

impl RequestHead for Request {
    fn method(&self) -> &Method {
        self.method()
    }

    fn headers(&self) -> &HeaderMap {
        self.headers()
    }

    fn host(&self) -> Option<&str> {
        self.url().host_str()
    }

    fn port(&self) -> Option<u16> {
        self.url().port()
    }

    fn path(&self) -> &str {
        self.url().path()
    }
}

impl ResponseHead for Response {
    /// The body is wrapped, the type stays what it is.
    type Held = Response;

    fn status(&self) -> StatusCode {
        self.status()
    }

    fn headers(&self) -> &HeaderMap {
        self.headers()
    }

    fn read_body(&self) -> Option<&[u8]> {
        let read = self.extensions().get::<ReadBody>();
        read.map(|body| &*body.0)
    }

    fn hold(self, guard: Option<Guard>) -> Response {
        let Some(guard) = guard else {
            return self;
        };
        // The URL would get lost on the way: it is no part of an `http::Response`.
        let url = self.url().clone();
        let (mut parts, body) = http::Response::<Body>::from(self).into_parts();
        if let Ok(with_url) = Builder::new().url(url).body(()) {
            parts.extensions.extend(with_url.into_parts().0.extensions);
        }
        let body = Body::wrap(GuardedBody::new(body, guard));
        http::Response::from_parts(parts, body).into()
    }
}
