//! How responses are worded, and the headers that all of them have.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use http::{HeaderName, HeaderValue};
use ratelimit_headers::{Existing, Reader};

use super::super::Responses;
use super::super::file::{self, Word};
use super::Checker;

/// What says how a response is sent, or what its body is.
const OF_HTTP: [&str; 13] = [
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "date",
    "keep-alive",
    "proxy-authenticate",
    "proxy-connection",
    "te",
    "trailer",
    "trailers",
    "transfer-encoding",
    "upgrade",
];

impl Checker<'_> {
    pub(super) fn responses(&mut self, raw: &file::Responses) -> Responses {
        let held = raw.concurrency_retry_after.as_ref();
        let held = held.and_then(|seconds| self.count(seconds, "a wait in seconds"));
        Responses {
            dialects: self.dialects,
            existing: match raw.upstream_headers {
                file::Existing::Merge => Existing::Merge,
                file::Existing::Replace => Existing::Replace,
                file::Existing::Keep => Existing::Keep,
            },
            body: raw.body,
            grpc: raw.grpc,
            set: self.own_headers(&raw.set),
            held: Duration::from_secs(u64::from(held.unwrap_or(1))),
        }
    }

    /// Headers that every response is to have.
    fn own_headers(&mut self, raw: &BTreeMap<Word, Word>) -> Vec<(HeaderName, HeaderValue)> {
        let mut raw: Vec<_> = raw.iter().collect();
        raw.sort_by_key(|(name, _)| name.span().start);
        let mut places: HashMap<HeaderName, usize> = HashMap::new();
        let mut headers = Vec::new();
        for (word, value) in raw {
            let Some(name) = self.own_header(word) else {
                continue;
            };
            let at = word.span().start;
            if let Some(first) = places.get(&name) {
                let line = self.line(*first);
                let message = format!("the header `{name}` stands twice, first on line {line}");
                let hint = "capital and small letters are the same in the name of a header";
                self.wrong(at, message, hint);
                continue;
            }
            match HeaderValue::from_str(value.get_ref()) {
                Ok(value) => headers.push((name.clone(), value)),
                Err(_) => {
                    let hint = "use printable ASCII";
                    self.wrong(value.span().start, "no header can have this value", hint);
                }
            }
            places.insert(name, at);
        }
        headers
    }

    /// A header that nobody else writes.
    fn own_header(&mut self, word: &Word) -> Option<HeaderName> {
        let name = HeaderName::from_bytes(word.get_ref().as_bytes()).ok();
        let hint = match &name {
            Some(name) if Reader::new().knows(name) => {
                "it tells callers of limits; `headers` says which of them are written"
            }
            Some(name) if is_of_protocol(name) => {
                "it says how one response is sent, or what is in it"
            }
            Some(_) => return name,
            None => "write it as in `x-api-version = \"4\"`",
        };
        let name = word.get_ref().escape_debug();
        let message = format!("`{name}` is no header that can be set here");
        self.wrong(word.span().start, message, hint);
        None
    }
}

/// Whether HTTP or gRPC has a meaning for it that is another in each response.
fn is_of_protocol(name: &HeaderName) -> bool {
    OF_HTTP.contains(&name.as_str()) || name.as_str().starts_with("grpc-")
}
