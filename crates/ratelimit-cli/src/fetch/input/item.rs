//! One line, and the request that it stands for.

use std::fmt;

use bytes::Bytes;
use http::{HeaderMap, Method};
use reqwest::Url;
use serde_json::Value;

use super::lines::Unfit;
use super::{object, target};

/// What is to be fetched.
pub(in crate::fetch) struct Item {
    /// The line of the input, from 1.
    pub(in crate::fetch) line: u64,
    /// What the caller calls it.
    pub(in crate::fetch) id: Option<Value>,
    /// The URL as it was written, without credentials.
    pub(in crate::fetch) shown: String,
    /// Without credentials; they are among the headers.
    pub(in crate::fetch) url: Url,
    pub(in crate::fetch) method: Method,
    pub(in crate::fetch) headers: HeaderMap,
    /// Whether it was given headers, or credentials in its URL: others may differ from it only in these.
    pub(in crate::fetch) has_own_headers: bool,
    pub(in crate::fetch) body: Bytes,
    /// 0 goes first.
    pub(in crate::fetch) priority: Option<u8>,
}

/// A line that stands for no request.
pub(in crate::fetch) struct Unread {
    pub(in crate::fetch) line: u64,
    pub(in crate::fetch) id: Option<Value>,
    /// The URL, if that much was understood.
    pub(in crate::fetch) shown: Option<String>,
    pub(in crate::fetch) problem: Problem,
}

/// What is wrong with a line. It never repeats a value, which may be a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::fetch) struct Problem(pub(super) String);

/// Reads a line; `None` if there is nothing on it.
pub(super) fn parse(line: u64, text: Result<String, Unfit>) -> Option<Result<Item, Unread>> {
    let text = match text {
        Ok(text) if is_skipped(&text) => return None,
        Ok(text) => text,
        Err(unfit) => return Some(Err(Unread::new(line, unfit.into()))),
    };
    Some(match text.as_bytes().first() {
        Some(b'{' | b'[' | b'"') => object::parse(line, &text),
        _ => url(line, &text),
    })
}

/// Whether a line is not meant for us.
pub(super) fn is_skipped(text: &str) -> bool {
    text.is_empty() || text.starts_with('#')
}

fn url(line: u64, text: &str) -> Result<Item, Unread> {
    let target = target::parse(text).map_err(|problem| Unread {
        shown: Some(target::without_credentials(text)),
        ..Unread::new(line, problem)
    })?;
    let mut headers = HeaderMap::new();
    target.authorize(&mut headers);
    Ok(Item {
        line,
        id: None,
        shown: target.shown,
        url: target.url,
        method: Method::GET,
        has_own_headers: !headers.is_empty(),
        headers,
        body: Bytes::new(),
        priority: None,
    })
}

impl Unread {
    pub(super) fn new(line: u64, problem: Problem) -> Self {
        Self {
            line,
            id: None,
            shown: None,
            problem,
        }
    }
}

impl fmt::Debug for Item {
    /// Only which one it is: the rest holds keys.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Item")
            .field("line", &self.line)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Unread {
    /// Not the URL: its query may hold a key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unread")
            .field("line", &self.line)
            .field("problem", &self.problem)
            .finish_non_exhaustive()
    }
}

impl From<Unfit> for Problem {
    fn from(unfit: Unfit) -> Self {
        Self(match unfit {
            Unfit::TooLong => "the line is too long: 64 MiB is the most".to_owned(),
            Unfit::NotText => {
                "the line is not UTF-8; percent-encode what a URL has beyond ASCII".to_owned()
            }
        })
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<Result<Item, Unread>> {
        parse(7, Ok(text.to_owned()))
    }

    #[test]
    fn blank_lines_and_remarks_are_skipped() {
        assert!(read("").is_none());
        assert!(read("# https://a.example").is_none());
    }

    #[test]
    fn a_url_is_a_get() {
        let item = read("https://a.example/x?y=1").unwrap().unwrap();
        assert_eq!(
            (item.line, item.method, item.shown.as_str()),
            (7, Method::GET, "https://a.example/x?y=1")
        );
        assert!(item.headers.is_empty() && item.body.is_empty() && item.id.is_none());
    }

    #[test]
    fn what_is_no_url_is_said_without_its_password() {
        let unread = read("htp://me:hunter2@a.example/").unwrap().unwrap_err();
        assert_eq!(unread.shown.as_deref(), Some("***@a.example/"));
        assert!(!unread.problem.to_string().contains("hunter2"));
        assert_eq!(unread.line, 7);
    }

    #[test]
    fn what_is_no_text_is_an_item_that_failed() {
        let unread = parse(3, Err(Unfit::NotText)).unwrap().unwrap_err();
        assert!(unread.problem.to_string().contains("UTF-8"));
    }
}
