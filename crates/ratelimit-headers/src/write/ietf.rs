//! `RateLimit` and `RateLimit-Policy` as lists of named items (draft-ietf-httpapi-ratelimit-headers-10, sections 3
//! and 4), in the canonical form of RFC 9651.

use super::family::put;
use super::{Existing, base64, chunk, digits, merge, time};
use crate::names::{RATE_LIMIT, RATE_LIMIT_POLICY};
use crate::state::PolicyState;
use bytes::{Bytes, BytesMut};
use http::HeaderMap;
use std::time::Duration;

/// Both lists, one after the other in one text.
#[derive(Clone, Debug)]
pub(super) struct Lists {
    text: Bytes,
    /// Where `RateLimit` ends and `RateLimit-Policy` begins.
    end: usize,
}

impl Lists {
    /// The lists of these policies, and the longest `t` of one that has nothing left and concerns the request. An empty list is a field that is
    /// absent (RFC 9651, section 3.1).
    #[inline]
    pub(super) fn of<'a>(
        all: impl Iterator<Item = PolicyState<'a>> + Clone,
    ) -> (Option<Self>, Duration) {
        let (mut end, mut longest) = (0, Duration::ZERO);
        let text = chunk::text(|text| {
            push_all(text, 0, all.clone(), |text, state| {
                push_counter(text, state);
                if state.remaining == 0 && !state.spared {
                    longest = longest.max(state.next_after.unwrap_or_default());
                }
            });
            end = text.len();
            push_all(text, end, all, push_policy);
        });
        ((end > 0).then_some(Self { text, end }), longest)
    }

    /// Writes them where nobody has stated any.
    #[inline]
    pub(super) fn put(&self, headers: &mut HeaderMap) {
        let (counters, policies) = (self.text.slice(..self.end), self.text.slice(self.end..));
        put(headers, RATE_LIMIT, chunk::as_value(counters));
        put(headers, RATE_LIMIT_POLICY, chunk::as_value(policies));
    }

    pub(super) fn counters(&self) -> &[u8] {
        &self.text[..self.end]
    }

    pub(super) fn policies(&self) -> &[u8] {
        &self.text[self.end..]
    }
}

pub(super) fn write_beside(headers: &mut HeaderMap, lists: &Lists, existing: Existing) {
    let is_there = [RATE_LIMIT, RATE_LIMIT_POLICY]
        .iter()
        .any(|name| headers.contains_key(name));
    if !is_there {
        lists.put(headers);
    } else if existing != Existing::Keep {
        merge::write(headers, lists);
    }
}

/// Appends a list that begins at `start`.
fn push_all<'a>(
    text: &mut BytesMut,
    start: usize,
    all: impl Iterator<Item = PolicyState<'a>>,
    mut push: impl FnMut(&mut BytesMut, &PolicyState<'a>),
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
