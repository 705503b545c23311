//! From header lines to one field value: optional whitespace, repeats, lists.

use http::{HeaderMap, HeaderName, HeaderValue};
use std::borrow::Cow;

/// Without optional whitespace (RFC 9110, section 5.6.3): space and tab, nothing else.
pub(super) fn trim(mut value: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = value {
        value = rest;
    }
    value
}

/// The value of a field that is not a list. Blank lines are absent and equal lines are one; different ones contradict
/// each other, so that none can be believed.
pub(super) fn single<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h [u8]> {
    only(lines(headers, name))
}

/// As [`single`], for a field whose lines an intermediary may have joined: `100, 100` is a repeat.
pub(super) fn repeated<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h [u8]> {
    only(lines(headers, name).flat_map(|line| line.split(|byte| *byte == b',')))
}

/// All lines of a list as one value (RFC 9110, section 5.3): what a structured field has to be parsed from. `None`
/// if there is no line at all.
pub(crate) fn joined<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<Cow<'h, [u8]>> {
    let mut lines = lines(headers, name).map(trim);
    let first = lines.next()?;
    let Some(second) = lines.next() else {
        return Some(first.into());
    };
    let mut all = [first, second].join(&b", "[..]);
    for line in lines {
        all.extend_from_slice(b", ");
        all.extend_from_slice(line);
    }
    Some(all.into())
}

fn lines<'h>(headers: &'h HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'h [u8]> {
    headers.get_all(name).into_iter().map(HeaderValue::as_bytes)
}

fn only<'h>(values: impl Iterator<Item = &'h [u8]>) -> Option<&'h [u8]> {
    let mut values = values.map(trim).filter(|value| !value.is_empty());
    let first = values.next()?;
    values.all(|value| value == first).then_some(first)
}
