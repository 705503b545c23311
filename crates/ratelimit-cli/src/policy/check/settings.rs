//! The rest: proxies that are believed, the size of the store.

use http::HeaderName;
use ratelimit_core::WhenFull;
use ratelimit_tower::key::{Forwarded, Source};

use super::super::Store;
use super::super::file::{self, Word};
use super::super::syntax::suggest;
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

    /// It would be taken for a pattern, and it would match nothing.
    pub(super) fn no_wildcard(&mut self, at: usize, path: &str, hint: &str) {
        if path.contains('*') {
            self.wrong(at, "`*` stands for nothing in a path", hint);
        }
    }
}
