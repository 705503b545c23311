//! The page that shows people what they have used.
//!
//! It is one document that loads nothing, and its script may ask this server and nobody else, so that a
//! token that is typed in has nowhere to go.

use std::fmt::Write;
use std::hash::{BuildHasher, RandomState};

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Response, header};
use http_body_util::Full;

const DOCUMENT: &str = include_str!("page.html");

/// The page of one usage path.
#[derive(Debug)]
pub(super) struct Page {
    /// The document, but for its nonce.
    document: String,
}

impl Page {
    /// `usage` is the path that it asks, `key` the header that a key is sent in and what stands before
    /// the key there.
    pub(super) fn new(usage: &str, key: Option<&(HeaderName, &str)>) -> Self {
        let (name, prefix) = match key {
            Some((name, prefix)) => (name.as_str(), *prefix),
            None => ("", ""),
        };
        // The path comes last: what it holds is no field any more.
        let document = DOCUMENT
            .replace("{header}", name)
            .replace("{prefix}", prefix)
            .replace("{usage}", &attribute(&of_this_server(usage)));
        Self { document }
    }

    pub(super) fn answer(&self) -> Response<Full<Bytes>> {
        let nonce = nonce();
        let document = self
            .document
            .replace("nonce=\"{nonce}\"", &format!("nonce=\"{nonce}\""));
        let mut response = Response::new(Full::from(Bytes::from(document)));
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
        let page = Page::new("/v1/usage", None);
        assert!(!page.document.contains("http://") && !page.document.contains("https://"));
        for fetching in ["src=", "href=\"/", "href=\"h", "@import", "url("] {
            assert!(!page.document.contains(fetching), "{fetching}");
        }
        assert!(DOCUMENT.lines().count() < 150);
    }

    #[test]
    fn it_asks_the_path_with_keys_as_the_policy_has_them() {
        let bearer = Page::new("/v1/usage", Some(&(header::AUTHORIZATION, "Bearer ")));
        let told = r#"data-usage="/v1/usage" data-header="authorization" data-prefix="Bearer ""#;
        assert!(bearer.document.contains(told));
        let own = HeaderName::from_static("x-api-key");
        let own = Page::new("/v1/usage", Some(&(own, "")));
        let told = r#"data-header="x-api-key" data-prefix="""#;
        assert!(own.document.contains(told));
    }

    #[test]
    fn a_path_is_text_whatever_it_holds_and_never_another_server() {
        let page = Page::new("//evil.example/\"><script>{nonce}\\x", None);
        let told = r#"data-usage="/evil.example/&quot;&gt;&lt;script&gt;{nonce}%5Cx""#;
        assert!(page.document.contains(told));
    }

    #[test]
    fn a_nonce_is_of_one_answer() {
        let page = Page::new("/v1/usage", None);
        let policy = || page.answer().headers()[header::CONTENT_SECURITY_POLICY].clone();
        assert_ne!(policy(), policy());
    }
}
