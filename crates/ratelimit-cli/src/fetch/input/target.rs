//! Where a request goes: URLs, and the credentials that may be in them.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, HeaderValue, header};
use percent_encoding::percent_decode_str;
use reqwest::Url;

use super::item::Problem;

/// A URL without credentials, and these.
pub(super) struct Target {
    pub(super) url: Url,
    /// As it was written, if it has no credentials.
    pub(super) shown: String,
    credentials: Option<HeaderValue>,
}

/// Reads the URL of a service that speaks HTTP.
pub(super) fn parse(text: &str) -> Result<Target, Problem> {
    let problem = |text: &str| Err(Problem(text.to_owned()));
    let mut url: Url = match text.parse() {
        Ok(url) => url,
        Err(_) if !text.contains("://") => {
            return problem("this is not a URL; it begins with https:// or http://");
        }
        Err(error) => return Err(Problem(format!("this is not a URL: {error}"))),
    };
    if !matches!(url.scheme(), "http" | "https") {
        return problem("the URL does not begin with https:// or http://");
    }
    if url.host_str().is_none_or(str::is_empty) {
        return problem("the URL names no host");
    }
    let credentials = credentials(&mut url);
    let shown = match credentials {
        Some(_) => url.to_string(),
        None => text.to_owned(),
    };
    Ok(Target {
        url,
        shown,
        credentials,
    })
}

/// Takes name and password out of a URL, as a header.
pub(in crate::fetch) fn credentials(url: &mut Url) -> Option<HeaderValue> {
    let (name, password) = (url.username(), url.password());
    if name.is_empty() && password.is_none() {
        return None;
    }
    let mut pair: Vec<u8> = percent_decode_str(name).collect();
    pair.push(b':');
    pair.extend(percent_decode_str(password.unwrap_or_default()));
    let value = format!("Basic {}", STANDARD.encode(pair));
    // A URL with a host can be without a name, so neither of these fails.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    let mut value = HeaderValue::try_from(value).ok()?;
    value.set_sensitive(true);
    Some(value)
}

/// A URL as it can be shown: without what is only for the client.
pub(in crate::fetch) fn shown(url: &Url) -> String {
    let mut url = url.clone();
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.to_string()
}

/// What is no URL, as it can be repeated: what stands before the last `@` may hold a password.
pub(super) fn without_credentials(text: &str) -> String {
    match text.rsplit_once('@') {
        Some((_, host)) => format!("***@{host}"),
        None => text.to_owned(),
    }
}

impl Target {
    /// Adds the credentials, unless something else is to be used.
    pub(super) fn authorize(&self, headers: &mut HeaderMap) {
        if let Some(value) = &self.credentials {
            let entry = headers.entry(header::AUTHORIZATION);
            entry.or_insert_with(|| value.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn refuses(text: &str, expected: &str) {
        let problem = parse(text).err().unwrap().to_string();
        assert!(problem.contains(expected), "{problem}");
    }

    #[test]
    fn what_is_no_url_of_http_is_said_with_the_remedy() {
        refuses("a.example/x", "begins with https://");
        refuses("mailto:a@b.example", "does not begin with https://");
        refuses("ftp://a.example", "does not begin with https://");
        refuses("http://", "not a URL");
        refuses("http://a.example:99999/", "port");
        refuses("http://[::1/", "not a URL");
    }

    #[test]
    fn letters_beyond_ascii_and_spaces_are_encoded() {
        let target = parse("http://b\u{fc}cher.example/\u{e4} b?c=\u{e9}").unwrap();
        assert_eq!(
            target.url.as_str(),
            "http://xn--bcher-kva.example/%C3%A4%20b?c=%C3%A9"
        );
        assert_eq!(target.shown, "http://b\u{fc}cher.example/\u{e4} b?c=\u{e9}");
    }

    #[test]
    fn credentials_become_a_header_that_is_not_shown() {
        let target = parse("http://me:p%40ss@a.example/x").unwrap();
        assert_eq!(target.shown, "http://a.example/x");
        let mut headers = HeaderMap::new();
        target.authorize(&mut headers);
        let value = &headers[header::AUTHORIZATION];
        assert_eq!(value, "Basic bWU6cEBzcw==");
        assert!(!format!("{headers:?}").contains("bWU6"));

        headers.insert(header::AUTHORIZATION, HeaderValue::from_static("Bearer x"));
        target.authorize(&mut headers);
        assert_eq!(headers[header::AUTHORIZATION], "Bearer x");
    }
}
