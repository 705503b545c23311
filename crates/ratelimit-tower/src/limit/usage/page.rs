//! The page that shows people what they have used.
//!
//! It is one document that loads nothing, and its script may ask this server and nobody else, so that a
//! token that is typed in has nowhere to go.

use std::convert::Infallible;
use std::fmt::Write;
use std::future::{Ready, ready};
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::task::{Context, Poll};

use http::{HeaderName, HeaderValue, Request, Response, header};
use tower_service::Service;

use crate::body::WholeBody;

const DOCUMENT: &str = include_str!("page.html");

/// A page for people: it asks for a key, and shows what [`Usage`](super::Usage) tells in the form
/// [`ByUnit`](super::ByUnit), while it changes. A service to mount at a path of its own; asking for the page
/// needs no key and costs nothing.
///
/// The key stays in the page: it is sent to the usage path of the same server and nowhere else.
///
/// ```
/// use axum::Router;
/// use ratelimit_core::Quota;
/// use ratelimit_tower::{key, limit::{ByUnit, RateLimitLayer, UsagePage}};
///
/// let limits = RateLimitLayer::new(Quota::per_hour(100)).with_key(key::bearer);
/// let app: Router = Router::new()
///     .route_service("/v1/usage", limits.usage(ByUnit))
///     .route_service("/usage", UsagePage::new("/v1/usage"));
/// ```
#[derive(Clone, Debug)]
pub struct UsagePage {
    usage: Arc<str>,
    /// The whole of it, but for its nonce.
    document: Arc<str>,
}

impl UsagePage {
    /// A page that asks this path, with a key as `Authorization: Bearer KEY`.
    #[must_use]
    pub fn new(usage: &str) -> Self {
        Self::made_of(usage.into(), Some(&header::AUTHORIZATION), "Bearer ")
    }

    /// The key is the value of this header.
    #[must_use]
    pub fn with_key_header(self, name: &HeaderName) -> Self {
        Self::made_of(self.usage, Some(name), "")
    }

    /// There are no keys: callers are told apart by something else.
    #[must_use]
    pub fn without_key(self) -> Self {
        Self::made_of(self.usage, None, "")
    }

    fn made_of(usage: Arc<str>, header: Option<&HeaderName>, prefix: &str) -> Self {
        // The path comes last: what it holds is no field any more.
        let document = DOCUMENT
            .replace("{header}", header.map_or("", HeaderName::as_str))
            .replace("{prefix}", prefix)
            .replace("{usage}", &attribute(&of_this_server(&usage)));
        Self {
            usage,
            document: document.into(),
        }
    }

    fn answer(&self) -> Response<WholeBody> {
        let nonce = nonce();
        let document = self
            .document
            .replace("nonce=\"{nonce}\"", &format!("nonce=\"{nonce}\""));
        let mut response = Response::new(WholeBody::new(document.into()));
        let policy = format!(
            "default-src 'none'; style-src 'nonce-{nonce}'; script-src 'nonce-{nonce}'; \
             img-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        );
        let headers = response.headers_mut();
        for (name, value) in [
            (header::CONTENT_TYPE, "text/html; charset=utf-8"),
            (header::CACHE_CONTROL, "no-store"),
            (header::REFERRER_POLICY, "no-referrer"),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        ] {
            headers.insert(name, HeaderValue::from_static(value));
        }
        // The nonce is hexadecimal, so this is always a value.
        if let Ok(policy) = HeaderValue::from_str(&policy) {
            headers.insert(header::CONTENT_SECURITY_POLICY, policy);
        }
        response
    }
}

impl<B> Service<Request<B>> for UsagePage {
    type Response = Response<WholeBody>;
    type Error = Infallible;
    type Future = Ready<Result<Response<WholeBody>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Request<B>) -> Self::Future {
        ready(Ok(self.answer()))
    }
}

/// 128 bits that nobody can foresee: each hasher has keys from the system's randomness.
fn nonce() -> String {
    let mut text = String::with_capacity(32);
    for _ in 0..2 {
        let _ = write!(text, "{:016x}", RandomState::new().hash_one(()));
    }
    text
}

/// The path with one slash where it may have several: a browser takes what stands after two for another
/// server, and a backslash for a slash.
fn of_this_server(path: &str) -> String {
    let mut one = String::with_capacity(path.len());
    for segment in path.split('/').filter(|segment| !segment.is_empty()) {
        one.push('/');
        one += &segment.replace('\\', "%5C");
    }
    match one.is_empty() {
        true => "/".to_owned(),
        false => one,
    }
}

/// A text as it stands between the quotes of an attribute, or as text.
fn attribute(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped += "&amp;",
            '<' => escaped += "&lt;",
            '>' => escaped += "&gt;",
            '"' => escaped += "&quot;",
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_loads_nothing_and_fits_into_little() {
        let page = UsagePage::new("/v1/usage");
        assert!(!page.document.contains("http://") && !page.document.contains("https://"));
        for fetching in ["src=", "href=\"/", "href=\"h", "@import", "url("] {
            assert!(!page.document.contains(fetching), "{fetching}");
        }
        assert!(DOCUMENT.lines().count() < 150);
    }

    #[test]
    fn it_asks_the_path_with_keys_as_it_was_told() {
        let bearer = UsagePage::new("/v1/usage");
        let told = r#"data-usage="/v1/usage" data-header="authorization" data-prefix="Bearer ""#;
        assert!(bearer.document.contains(told));
        let own = HeaderName::from_static("x-api-key");
        let own = UsagePage::new("/v1/usage").with_key_header(&own);
        let told = r#"data-header="x-api-key" data-prefix="""#;
        assert!(own.document.contains(told));
        let none = UsagePage::new("/v1/usage").without_key();
        assert!(none.document.contains(r#"data-header="" data-prefix="""#));
    }

    #[test]
    fn a_path_is_text_whatever_it_holds_and_never_another_server() {
        let page = UsagePage::new("//evil.example/\"><script>{nonce}\\x");
        let told = r#"data-usage="/evil.example/&quot;&gt;&lt;script&gt;{nonce}%5Cx""#;
        assert!(page.document.contains(told));
    }

    #[test]
    fn a_nonce_is_of_one_answer() {
        let page = UsagePage::new("/v1/usage");
        let policy = || page.answer().headers()[header::CONTENT_SECURITY_POLICY].clone();
        assert_ne!(policy(), policy());
    }
}
