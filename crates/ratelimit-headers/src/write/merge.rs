//! Adding to lists that an inner layer or an upstream has written.
//!
//! Two layers may use one name ("default", say), and then a reader could not tell which counter belongs to which quota.
//! So for each name one side stands, the one with less remaining; the members of the other go, from both lists. A name
//! with a partition key is another than the same name with another key, and a name without one is all of them: so a
//! stranger's member may stand against one of ours and not against another. What stays of the inner lists stays byte for
//! byte, parameters that we do not know included.
//!
//! This is the rare path, and a stranger's list may be long: it allocates, and leaves the thread's chunk alone.

use super::family::put;
use super::ietf::Lists;
use crate::names::{RATE_LIMIT, RATE_LIMIT_POLICY};
use crate::read::field::joined;
use crate::read::ietf::{COUNTERS, POLICIES, members};
use crate::read::member::Member;
use bytes::{Bytes, BytesMut};
use http::{HeaderMap, HeaderName, HeaderValue};

/// Writes both lists.
pub(super) fn write(headers: &mut HeaderMap, lists: &Lists) {
    let counters = joined(headers, &RATE_LIMIT).unwrap_or_default();
    let policies = joined(headers, &RATE_LIMIT_POLICY).unwrap_or_default();
    // A list that cannot be read has no members, so nothing of it stays.
    let inner_counters = members(&counters, &COUNTERS);
    let inner_policies = members(&policies, &POLICIES);
    let our_counters = members(lists.counters(), &COUNTERS);

    let ours = our_counters.as_slice();
    // By place, for ours stand in the same order in both lists; and once, so that the work for a stranger's list stays
    // linear in its length.
    let inner = inner_counters.as_slice();
    let stands: Vec<bool> = ours.iter().map(|ours| !is_undercut(ours, inner)).collect();
    let stands = || stands.iter().copied();
    // A stranger's goes if one of ours stands for it, but not if another of ours has gone because of it.
    let stays = |theirs: &Member<'_>| {
        let all = ours.iter().zip(stands());
        let mut same = all.filter(|(ours, _)| is_same(ours, theirs)).peekable();
        same.peek().is_none() || same.any(|(_, stands)| !stands)
    };

    let mut first = BytesMut::new();
    append(&mut first, &counters, inner.iter().map(stays));
    append(&mut first, lists.counters(), stands());
    let mut second = BytesMut::new();
    append(
        &mut second,
        &policies,
        inner_policies.as_slice().iter().map(stays),
    );
    append(&mut second, lists.policies(), stands());
    set(headers, RATE_LIMIT, first.freeze());
    set(headers, RATE_LIMIT_POLICY, second.freeze());
}

/// Whether an inner counter of the same name has no more left.
fn is_undercut(ours: &Member<'_>, inner: &[Member<'_>]) -> bool {
    inner.iter().any(|inner| {
        is_same(inner, ours) && inner.count.is_some_and(|left| Some(left) <= ours.count)
    })
}

/// Whether a reader would take both for one policy: a key on one side only does not tell them apart.
fn is_same(a: &Member<'_>, b: &Member<'_>) -> bool {
    let keys = (&a.partition_key, &b.partition_key);
    a.name == b.name && (keys.0 == keys.1 || keys.0.is_none() || keys.1.is_none())
}

/// Appends those members of a list that are wanted, as they stand in its text.
fn append(out: &mut BytesMut, text: &[u8], is_wanted: impl Iterator<Item = bool>) {
    for (text, is_wanted) in split(text).zip(is_wanted) {
        if !is_wanted {
            continue;
        }
        if !out.is_empty() {
            out.extend_from_slice(b", ");
        }
        out.extend_from_slice(text.trim_ascii());
    }
}

/// Cuts a list that has been parsed at its commas: those outside of Strings, and of Display Strings, in which a
/// backslash is no escape (RFC 9651, section 4.2.10).
fn split(list: &[u8]) -> impl Iterator<Item = &[u8]> {
    #[derive(Clone, Copy)]
    enum Within {
        Nothing { after_percent: bool },
        String { escaped: bool },
        DisplayString,
    }
    let mut within = Within::Nothing {
        after_percent: false,
    };
    list.split(move |&byte| {
        let is_comma = byte == b',' && matches!(within, Within::Nothing { .. });
        within = match (within, byte) {
            (
                Within::Nothing {
                    after_percent: true,
                },
                b'"',
            ) => Within::DisplayString,
            (Within::Nothing { .. }, b'"') => Within::String { escaped: false },
            (Within::Nothing { .. }, _) => Within::Nothing {
                after_percent: byte == b'%',
            },
            (Within::String { escaped: false }, b'"') | (Within::DisplayString, b'"') => {
                Within::Nothing {
                    after_percent: false,
                }
            }
            (Within::String { escaped }, _) => Within::String {
                escaped: !escaped && byte == b'\\',
            },
            (Within::DisplayString, _) => Within::DisplayString,
        };
        is_comma
    })
}

fn set(headers: &mut HeaderMap, name: HeaderName, list: Bytes) {
    headers.remove(&name);
    // Empty where the inner list was unreadable or absent, and all of ours are undercut in the other one.
    if let Some(value) = HeaderValue::from_maybe_shared(list)
        .ok()
        .filter(|value| !value.is_empty())
    {
        put(headers, name, value);
    }
}
