//! What a hook sees of a request that goes out.

use http::{HeaderMap, Method};

use super::RequestHead;

/// The head of an outgoing request. Hooks that see this and no body can be kept as `Arc<dyn Fn>`, so
/// a layer's type stays one that can be written down.
#[derive(Clone, Copy)]
pub struct Outgoing<'a> {
    method: &'a Method,
    headers: &'a HeaderMap,
    host: Option<&'a str>,
    port: Option<u16>,
    path: &'a str,
}

impl<'a> Outgoing<'a> {
    /// The head of this request.
    pub fn new<R: RequestHead>(request: &'a R) -> Self {
        Self {
            method: request.method(),
            headers: request.headers(),
            host: request.host(),
            port: request.port(),
            path: request.path(),
        }
    }

    /// The method.
    #[must_use]
    pub fn method(&self) -> &'a Method {
        self.method
    }

    /// The headers.
    #[must_use]
    pub fn headers(&self) -> &'a HeaderMap {
        self.headers
    }

    /// The host, without a port. Its case is as it was written: compare without.
    #[must_use]
    pub fn host(&self) -> Option<&'a str> {
        self.host
    }

    /// The port, if it is not the scheme's own.
    #[must_use]
    pub fn port(&self) -> Option<u16> {
        self.port
    }

    /// The path, without the query.
    #[must_use]
    pub fn path(&self) -> &'a str {
        self.path
    }
}

impl std::fmt::Debug for Outgoing<'_> {
    /// No headers: they hold credentials.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Outgoing")
            .field("method", self.method)
            .field("host", &self.host)
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}
