//! `RateLimit` and `RateLimit-Policy` as lists of named items (draft-ietf-httpapi-ratelimit-headers-10, sections 3
//! and 4), in the canonical form of RFC 9651.

use super::{Existing, base64, chunk, digits, merge, time};
use crate::names::{RATE_LIMIT, RATE_LIMIT_POLICY};
use crate::state::PolicyState;
use bytes::{Bytes, BytesMut};
use http::header::Entry;
use http::{HeaderMap, HeaderName};

/// Both lists, one after the other in one text.
#[derive(Clone, Debug)]
pub(super) struct Lists {
    text: Bytes,
    /// Where `RateLimit` ends and `RateLimit-Policy` begins.
    end: usize,
}

impl Lists {
    /// The lists of these policies. An empty list is a field that is absent (RFC 9651, section 3.1).
    #[inline]
    pub(super) fn of<'a>(all: impl Iterator<Item = PolicyState<'a>> + Clone) -> Option<Self> {
        let mut end = 0;
        let text = chunk::text(|text| {
            push_all(text, 0, all.clone(), push_counter);
            end = text.len();
            push_all(text, end, all, push_policy);
        });
        (end > 0).then_some(Self { text, end })
    }

    pub(super) fn counters(&self) -> &[u8] {
        &self.text[..self.end]
    }

    pub(super) fn policies(&self) -> &[u8] {
        &self.text[self.end..]
    }
}

pub(super) fn write(headers: &mut HeaderMap, lists: &Lists, existing: Existing) {
    // The look-ups that write also find out whether anything is there: look-ups are the larger part of the cost.
    if !write_if_absent(headers, RATE_LIMIT, lists.text.slice(..lists.end)) {
        beside(headers, lists, existing);
    } else if !write_if_absent(headers, RATE_LIMIT_POLICY, lists.text.slice(lists.end..)) {
        headers.remove(RATE_LIMIT);
        beside(headers, lists, existing);
    }
}

/// Either of the fields is there, and none of ours.
fn beside(headers: &mut HeaderMap, lists: &Lists, existing: Existing) {
    if existing != Existing::Keep {
        merge::write(headers, lists);
    }
}

fn write_if_absent(headers: &mut HeaderMap, name: HeaderName, list: Bytes) -> bool {
    match headers.entry(name) {
        Entry::Vacant(entry) => {
            entry.insert(chunk::as_value(list));
            true
        }
        Entry::Occupied(_) => false,
    }
}

/// Appends a list that begins at `start`.
fn push_all<'a>(
    text: &mut BytesMut,
    start: usize,
    all: impl Iterator<Item = PolicyState<'a>>,
    push: impl Fn(&mut BytesMut, &PolicyState<'a>),
) {
    for state in all {
        if text.len() > start {
            text.extend_from_slice(b", ");
        }
        push(text, &state);
    }
}

/// `"name";r=50;t=30`
fn push_counter(text: &mut BytesMut, state: &PolicyState<'_>) {
    push_string(text, state.name);
    push_integer(text, b";r=", state.remaining);
    if let Some(next) = state.next_after {
        push_integer(text, b";t=", time::seconds_up(next));
    }
    push_partition_key(text, state);
}

/// `"name";q=100;qu="requests";w=60`
fn push_policy(text: &mut BytesMut, state: &PolicyState<'_>) {
    push_string(text, state.name);
    push_integer(text, b";q=", state.limit);
    if let Some(unit) = state.unit {
        text.extend_from_slice(b";qu=");
        push_string(text, unit);
    }
    push_integer(text, b";w=", time::window(state.window));
    push_partition_key(text, state);
}

/// `;pk=:MmMyNmI0NmI2OGZm:`
#[inline]
fn push_partition_key(text: &mut BytesMut, state: &PolicyState<'_>) {
    if let Some(key) = state.partition_key {
        text.extend_from_slice(b";pk=");
        base64::push(text, key);
    }
}

pub(super) fn push_integer(text: &mut BytesMut, key: &[u8], value: u64) {
    text.extend_from_slice(key);
    digits::push(text, value);
}

/// A String (RFC 9651, section 4.1.6), made legal where `content` is not.
pub(super) fn push_string(text: &mut BytesMut, content: &str) {
    text.extend_from_slice(b"\"");
    if content.bytes().all(is_plain) {
        text.extend_from_slice(content.as_bytes());
    } else {
        for byte in content.chars().map(legal) {
            if !is_plain(byte) {
                text.extend_from_slice(b"\\");
            }
            text.extend_from_slice(&[byte]);
        }
    }
    text.extend_from_slice(b"\"");
}

/// What becomes of a character of a name: itself if it is printable ASCII, else `?`.
fn legal(character: char) -> u8 {
    match character {
        ' '..='~' => u8::try_from(character).unwrap_or(b'?'),
        _ => b'?',
    }
}

/// A byte that stands for itself in a String.
const fn is_plain(byte: u8) -> bool {
    matches!(byte, b' '..=b'~') && byte != b'"' && byte != b'\\'
}
