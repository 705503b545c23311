//! What a hook sees of a request: everything but the body.
//!
//! Hooks that do not name a body type can be kept as `Arc<dyn Fn>`, so a layer's type stays one that
//! can be written down.

use std::net::IpAddr;

use http::request::Parts;
use http::{Extensions, HeaderMap, Method, Request, Uri, header};
use ratelimit_core::{Key, KeyHasher};

use crate::key::Addresses;

/// The head of a request, and what is known about where it came from.
#[derive(Clone, Copy)]
pub struct Head<'a> {
    method: &'a Method,
    uri: &'a Uri,
    headers: &'a HeaderMap,
    extensions: &'a Extensions,
    addresses: &'a Addresses,
}

impl<'a> Head<'a> {
    pub(crate) fn new<B>(request: &'a Request<B>, addresses: &'a Addresses) -> Self {
        Self {
            method: request.method(),
            uri: request.uri(),
            headers: request.headers(),
            extensions: request.extensions(),
            addresses,
        }
    }

    /// The head that these parts make, with addresses resolved as `addresses` says. For tests of
    /// hooks.
    #[must_use]
    pub fn from_parts(parts: &'a Parts, addresses: &'a Addresses) -> Self {
        Self {
            method: &parts.method,
            uri: &parts.uri,
            headers: &parts.headers,
            extensions: &parts.extensions,
            addresses,
        }
    }

    /// The method.
    #[must_use]
    pub fn method(&self) -> &'a Method {
        self.method
    }

    /// The target.
    #[must_use]
    pub fn uri(&self) -> &'a Uri {
        self.uri
    }

    /// The path of the target, as it was sent.
    #[must_use]
    pub fn path(&self) -> &'a str {
        self.uri.path()
    }

    /// The headers.
    #[must_use]
    pub fn headers(&self) -> &'a HeaderMap {
        self.headers
    }

    /// The value of a header, if it is there and is text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&'a str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// What a layer outside of this one put into the request.
    #[must_use]
    pub fn extension<T: Send + Sync + 'static>(&self) -> Option<&'a T> {
        self.extensions.get()
    }

    /// The token of `Authorization: Bearer …` (RFC 6750, section 2.1). Two such headers are none: nobody
    /// can say which of them the service behind will believe.
    #[must_use]
    pub fn bearer(&self) -> Option<&'a str> {
        std::str::from_utf8(self.bearer_bytes()?).ok()
    }

    /// The same before it is a text, which a key need not be: all of it is ASCII.
    #[inline]
    pub(crate) fn bearer_bytes(&self) -> Option<&'a [u8]> {
        let mut values = self.headers.get_all(header::AUTHORIZATION).iter();
        let (value, None) = (values.next()?, values.next()) else {
            return None;
        };
        let (scheme, mut token) = value.as_bytes().split_at_checked("bearer".len())?;
        if !scheme.eq_ignore_ascii_case(b"bearer") || token.first() != Some(&b' ') {
            return None;
        }
        while let [b' ', rest @ ..] | [rest @ .., b' '] = token {
            token = rest;
        }
        (token.is_ascii() && !token.is_empty()).then_some(token)
    }

    /// The address of the other end of the connection.
    #[must_use]
    #[inline]
    pub fn peer(&self) -> Option<IpAddr> {
        self.addresses.peer(self)
    }

    /// The address of the client: what a trusted proxy says it is, else the [peer's](Self::peer).
    #[must_use]
    #[inline]
    pub fn client_ip(&self) -> Option<IpAddr> {
        self.addresses.client(self)
    }

    /// The key of the client's address, for a caller who gave none.
    #[inline(always)]
    pub(crate) fn anonymous(&self, hasher: &KeyHasher) -> Option<Key> {
        self.addresses.anonymous(self, hasher)
    }
}

impl std::fmt::Debug for Head<'_> {
    /// Method and path only: headers hold credentials.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Head")
            .field("method", self.method)
            .field("path", &self.path())
            .finish_non_exhaustive()
    }
}
