//! From header lines to one field value: optional whitespace, repeats, lists.

use super::places::Place;
use http::{HeaderMap, HeaderName, HeaderValue};
use std::borrow::Cow;

/// A field of a response, that may stand in several lines.
#[derive(Clone, Copy, Debug)]
pub(super) struct Field<'h> {
    pub(super) place: Place,
    pub(super) name: &'h HeaderName,
    /// `None` if there are several.
    line: Option<&'h [u8]>,
}

impl<'h> Field<'h> {
    pub(super) const NONE: Field<'static> = Field {
        place: Place::Counters,
        name: &NAMELESS,
        line: None,
    };

    pub(super) fn new(place: Place, name: &'h HeaderName, value: &'h HeaderValue) -> Self {
        Field {
            place,
            name,
            line: Some(value.as_bytes()),
        }
    }

    pub(super) fn has_more_lines(&mut self) {
        self.line = None;
    }

    /// The value of a field that is not a list.
    #[inline]
    pub(super) fn single(&self, headers: &'h HeaderMap) -> Option<&'h [u8]> {
        match self.line {
            Some(line) => Some(trim(line)).filter(|line| !line.is_empty()),
            None => single(headers, self.name),
        }
    }

    /// Whether it has no line with anything in it: then it counts as absent.
    pub(super) fn is_blank(&self, headers: &HeaderMap) -> bool {
        match self.line {
            Some(line) => trim(line).is_empty(),
            None => lines(headers, self.name).all(<[u8]>::is_empty),
        }
    }

    /// All lines of a list as one value.
    pub(super) fn joined(&self, headers: &'h HeaderMap) -> Cow<'h, [u8]> {
        match self.line {
            Some(line) => trim(line).into(),
            None => joined(headers, self.name).unwrap_or_default(),
        }
    }
}

static NAMELESS: HeaderName = HeaderName::from_static("-");

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
    let mut values = lines(headers, name).filter(|value| !value.is_empty());
    let first = values.next()?;
    values.all(|value| value == first).then_some(first)
}

/// All lines of a list as one value (RFC 9110, section 5.3): what a structured field has to be parsed from. `None`
/// if there is no line at all.
pub(crate) fn joined<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<Cow<'h, [u8]>> {
    let mut lines = lines(headers, name);
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
    let values = headers.get_all(name).into_iter();
    values.map(|value| trim(value.as_bytes()))
}
