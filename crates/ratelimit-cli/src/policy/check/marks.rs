//! Headers by which endpoints tell requests apart.
//!
//! Danger: what an endpoint looks for may be known to some callers alone. So no value of a header is repeated
//! in a message, and no endpoint looks for a credential: that is what keys are for.

use http::{HeaderName, HeaderValue, header};

use super::super::EndpointRule;
use super::super::file::{self, OneOrMore, Word};
use super::Checker;

const CREDENTIALS: [HeaderName; 3] = [
    header::AUTHORIZATION,
    header::COOKIE,
    header::PROXY_AUTHORIZATION,
];

/// The headers that carry credentials: those that always do, and those in which keys are sent.
pub(super) fn credentials(caller: &file::Caller) -> Vec<HeaderName> {
    let places = caller.key.as_ref().map(OneOrMore::words);
    let places = places.unwrap_or_default();
    let named = |word: &Word| word.get_ref().strip_prefix("header:")?.parse().ok();
    let named = places.iter().filter_map(named);
    named.chain(CREDENTIALS).collect()
}

impl Checker<'_> {
    /// `NAME`, or `NAME: VALUE`.
    pub(super) fn mark(
        &mut self,
        word: &Word,
        credentials: &[HeaderName],
    ) -> Option<(HeaderName, Option<HeaderValue>)> {
        let (name, value) = match word.get_ref().split_once(':') {
            Some((name, value)) => (name.trim_end(), Some(value.trim())),
            None => (word.get_ref().as_str(), None),
        };
        let name = HeaderName::from_bytes(name.as_bytes()).ok();
        if name.as_ref().is_some_and(|name| credentials.contains(name)) {
            let hint = "who has a key has the plan that [[keys]] says";
            let message = "this header carries a credential, and is no mark of an endpoint";
            self.wrong(word.span().start, message, hint);
            return None;
        }
        let is_text = |value: &&str| {
            !value.is_empty() && value.bytes().all(|b| b.is_ascii_graphic() || b == b' ')
        };
        let value = value.map(|value| Some(value).filter(is_text)?.parse().ok());
        match (name, value) {
            (Some(name), None) => Some((name, None)),
            (Some(name), Some(Some(value))) => Some((name, Some(value))),
            _ => {
                let hint = "write it as in `x-background: true`, or `x-background` for any value";
                self.wrong(word.span().start, "this is no header", hint);
                None
            }
        }
    }

    /// Of two endpoints that differ by their headers alone, one binds a request that has both. `first` stands
    /// before `second`.
    pub(super) fn warn_of_both_marks(
        &mut self,
        (first_at, first): (usize, &EndpointRule),
        (at, second): (usize, &EndpointRule),
    ) {
        let line = self.line(first_at);
        let winner = match first.has_value() && !second.has_value() {
            true => format!("the endpoint on line {line}"),
            false => "this one".to_owned(),
        };
        let message = format!(
            "a request that has this header and that of the endpoint on line {line} is bound by {winner} only"
        );
        let hint =
            "tell requests apart by two values of one header, or give one of them a longer prefix";
        self.warn(at, message, hint);
    }
}

impl EndpointRule {
    fn has_value(&self) -> bool {
        matches!(self.header, Some((_, Some(_))))
    }

    /// Whether a request may well be marked for both, and nothing else tells which of them binds it.
    pub(super) fn is_marked_otherwise(&self, other: &Self) -> bool {
        let names = (self.header.as_ref(), other.header.as_ref());
        matches!(names, (Some((one, _)), Some((two, _))) if one != two)
    }
}
