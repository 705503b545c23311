//! The rest: proxies that are believed, how responses are worded, the size of the store.

use std::collections::BTreeMap;
use std::time::Duration;

use http::{HeaderName, HeaderValue, header};
use ratelimit_core::WhenFull;
use ratelimit_headers::Existing;
use ratelimit_tower::key::{Forwarded, Source};

use super::super::file::{self, Word};
use super::super::skip::SkipPath;
use super::super::syntax::suggest;
use super::super::{Responses, Store};
use super::Checker;

const DEFAULT_CAPACITY: usize = 1_000_000;
const SOURCES: [&str; 3] = ["x-forwarded-for", "forwarded", "header:NAME"];

impl Checker<'_> {
    pub(super) fn forwarded(&mut self, raw: file::Forwarded) -> Option<(String, Forwarded)> {
        let source = self.forwarded_source(&raw.source);
        if raw.trusted.get_ref().is_empty() {
            let hint =
                "name the proxies, as in `trusted = [\"10.0.0.0/8\"]`, or leave [forwarded] out";
            self.wrong(raw.trusted.span().start, "no proxy is trusted", hint);
        }
        for word in raw.trusted.get_ref() {
            if let Err(error) = Forwarded::new(Source::XForwardedFor, [word.get_ref().as_str()]) {
                let hint = "name addresses or networks, not host names";
                self.wrong(word.span().start, error.to_string(), hint);
            }
        }
        let trusted = raw
            .trusted
            .get_ref()
            .iter()
            .map(|word| word.get_ref().as_str());
        // A text that names no network was reported above.
        let forwarded = Forwarded::new(source?, trusted).ok()?;
        Some((raw.source.into_inner(), forwarded))
    }

    fn forwarded_source(&mut self, word: &Word) -> Option<Source> {
        match word.get_ref().as_str() {
            "x-forwarded-for" => Some(Source::XForwardedFor),
            "forwarded" => Some(Source::Forwarded),
            text if text.starts_with("header:") => {
                self.header_name(word, "header:".len()).map(Source::Single)
            }
            text => {
                let message = "this is no source of the client's address";
                self.wrong(word.span().start, message, suggest(text, &SOURCES));
                None
            }
        }
    }

    /// The name of a header, `offset` bytes from the word's beginning.
    pub(super) fn header_name(&mut self, word: &Word, offset: usize) -> Option<HeaderName> {
        let text = &word.get_ref()[offset..];
        let name = HeaderName::from_bytes(text.as_bytes()).ok();
        if name.is_none() {
            let at = self.inside(&word.span(), word.get_ref(), offset);
            let message = format!("`{}` is no name of a header", text.escape_debug());
            self.wrong(at, message, "write it as in `header:api-key`");
        }
        name
    }

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
        /// What the gateway and HTTP itself say.
        const TAKEN: [HeaderName; 5] = [
            header::CONNECTION,
            header::CONTENT_LENGTH,
            header::CONTENT_TYPE,
            header::RETRY_AFTER,
            header::TRANSFER_ENCODING,
        ];
        let mut headers = Vec::new();
        for (name, value) in raw {
            let parsed = HeaderName::from_bytes(name.get_ref().as_bytes()).ok();
            let Some(parsed) = parsed.filter(|name| !TAKEN.contains(name)) else {
                let message = format!(
                    "`{}` is no header that can be set here",
                    name.get_ref().escape_debug()
                );
                self.wrong(
                    name.span().start,
                    message,
                    "write it as in `x-api-version = \"4\"`",
                );
                continue;
            };
            match HeaderValue::from_str(value.get_ref()) {
                Ok(value) => headers.push((parsed, value)),
                Err(_) => {
                    let hint = "use printable ASCII";
                    self.wrong(value.span().start, "no header can have this value", hint);
                }
            }
        }
        headers
    }

    pub(super) fn store(&mut self, raw: &file::Store) -> Store {
        let capacity = raw.capacity.as_ref();
        let capacity = capacity.and_then(|keys| self.count(keys, "a capacity"));
        Store {
            capacity: capacity.map_or(DEFAULT_CAPACITY, |keys| keys as usize),
            when_full: match raw.when_full {
                file::WhenFull::Refuse => WhenFull::Refuse,
                file::WhenFull::Admit => WhenFull::Admit,
            },
        }
    }

    pub(super) fn skip(&mut self, raw: Vec<Word>) -> Vec<SkipPath> {
        for word in &raw {
            if !word.get_ref().starts_with('/') || word.get_ref().contains(['?', '#']) {
                let hint = "write it as in `/healthz`; it means this one path";
                self.wrong(word.span().start, "a path begins with `/`", hint);
            }
            let hint = "name each path; one that has a `*` in it is `%2A`";
            self.no_wildcard(word.span().start, word.get_ref(), hint);
        }
        let path = |word: Word| SkipPath::new(word.into_inner());
        raw.into_iter().map(path).collect()
    }

    /// It would be taken for a pattern, and it would match nothing.
    pub(super) fn no_wildcard(&mut self, at: usize, path: &str, hint: &str) {
        if path.contains('*') {
            self.wrong(at, "`*` stands for nothing in a path", hint);
        }
    }
}
