//! Who a request is from: ready-made hooks for
//! [`RateLimitLayer::with_key`](crate::limit::RateLimitLayer::with_key), and addresses.
//!
//! A hook writes the parts of the key into a [`KeySink`] and says whether there was one. Nothing of
//! the key is kept: what the limiter sees is a keyed fingerprint.
//!
//! Danger: whatever a client can choose freely is no key. An attacker who sends a new `X-User` with
//! each request is a new caller with each request. Use what was authenticated, or the address.

mod address;
mod forwarded;

pub use address::{Addresses, PeerAddr};
pub use forwarded::{Forwarded, Source, TrustError};

use http::HeaderName;
use ratelimit_core::KeySink;

use crate::head::Head;

/// The bearer token of `Authorization` is the key.
pub fn bearer(head: &Head<'_>, key: &mut KeySink) -> bool {
    let token = head.bearer_bytes();
    token.map(|token| key.text(token)).is_some()
}

/// The value of this header is the key. A header that is there more than once is no key.
pub fn header(name: HeaderName) -> impl Fn(&Head<'_>, &mut KeySink) -> bool + Send + Sync {
    move |head: &Head<'_>, key: &mut KeySink| {
        let mut values = head.headers().get_all(&name).iter();
        match (values.next(), values.next()) {
            (Some(value), None) if !value.is_empty() => {
                key.text(value);
                true
            }
            _ => false,
        }
    }
}

/// The address of the client is the key, an IPv6 address by its /64. See [`Head::client_ip`].
pub fn client_ip(head: &Head<'_>, key: &mut KeySink) -> bool {
    let address = head.client_ip();
    address.map(|address| key.ip(address)).is_some()
}

/// What an outer layer (authentication, say) put into the request's extensions is the key.
pub fn extension<T, F, K>(part: F) -> impl Fn(&Head<'_>, &mut KeySink) -> bool + Send + Sync
where
    T: Send + Sync + 'static,
    F: Fn(&T) -> K + Send + Sync,
    K: std::hash::Hash,
{
    move |head: &Head<'_>, key: &mut KeySink| {
        let value = head.extension::<T>();
        value.map(|value| key.value(&part(value))).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::Request;
    use ratelimit_core::{Key, KeyHasher};

    fn key_of(
        hook: impl Fn(&Head<'_>, &mut KeySink) -> bool,
        request: &Request<()>,
    ) -> Option<Key> {
        // One fixed secret, so that the keys of two requests can be compared.
        let mut sink = KeyHasher::with_secret(&[1; 16]).sink();
        let addresses = Addresses::default();
        hook(&Head::new(request, &addresses), &mut sink).then(|| sink.key())
    }

    fn request(headers: &[(&str, &str)]) -> Request<()> {
        let mut request = Request::new(());
        for (name, value) in headers {
            let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
            request.headers_mut().append(name, value.parse().unwrap());
        }
        request
    }

    #[test]
    fn a_bearer_token_is_read_as_the_rfc_says() {
        let with = |value| key_of(bearer, &request(&[("authorization", value)]));
        assert!(with("Bearer abc").is_some());
        assert_eq!(with("bearer abc"), with("Bearer  abc"));
        assert_ne!(with("Bearer abc"), with("Bearer abd"));
        assert_eq!(with("Bearer "), None);
        assert_eq!(with("Basic abc"), None);
        assert_eq!(key_of(bearer, &request(&[])), None);
    }

    #[test]
    fn a_header_that_is_there_twice_is_no_key() {
        let hook = header(HeaderName::from_static("api-key"));
        assert!(key_of(&hook, &request(&[("api-key", "a")])).is_some());
        assert_eq!(
            key_of(&hook, &request(&[("api-key", "a"), ("api-key", "b")])),
            None
        );
        assert_eq!(key_of(&hook, &request(&[("api-key", "")])), None);
    }

    #[test]
    fn an_extension_is_a_key_and_its_absence_is_none() {
        #[derive(Clone)]
        struct User(u64);
        let hook = extension(|user: &User| user.0);
        let mut alice = request(&[]);
        assert_eq!(key_of(&hook, &alice), None);
        alice.extensions_mut().insert(User(7));
        assert!(key_of(&hook, &alice).is_some());
    }
}
