//! Whether a request can be sent again.

use http::Request;

/// Copies a request, if it can be copied. Closures `Fn(&R) -> Option<R>` implement it.
///
/// A request that cannot be copied is sent once, and whatever comes of it is returned.
pub trait CopyRequest<R>: Clone {
    /// A copy; `None` if there can be none.
    fn copy(&self, request: &R) -> Option<R>;
}

/// Copies `http::Request`s whose body is `Clone`, and (feature `reqwest`) those of reqwest whose body
/// is in memory.
#[derive(Clone, Copy, Debug, Default)]
pub struct Copyable;

/// Copies nothing: for bodies that are streams, such as tonic's and hyper's own.
#[derive(Clone, Copy, Debug, Default)]
pub struct SendOnce;

impl<B: Clone> CopyRequest<Request<B>> for Copyable {
    fn copy(&self, request: &Request<B>) -> Option<Request<B>> {
        Some(request.clone())
    }
}

#[cfg(feature = "reqwest")]
impl CopyRequest<reqwest::Request> for Copyable {
    fn copy(&self, request: &reqwest::Request) -> Option<reqwest::Request> {
        request.try_clone()
    }
}

impl<R> CopyRequest<R> for SendOnce {
    fn copy(&self, _: &R) -> Option<R> {
        None
    }
}

impl<F, R> CopyRequest<R> for F
where
    F: Fn(&R) -> Option<R> + Clone,
{
    fn copy(&self, request: &R) -> Option<R> {
        self(request)
    }
}
