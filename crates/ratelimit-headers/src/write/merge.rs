//! Adding to lists that an inner layer or an upstream has written.
//!
//! Two layers may use one name ("default", say), and then a reader could not tell which counter belongs to which quota.
//! So for each name one side stands, the one with less remaining; the members of the other go, from both lists. A name
//! with a partition key is another than the same name with another key. What stays of the inner lists stays byte for
//! byte, parameters that we do not know included.
//!
//! This is the rare path, and a stranger's list may be long: it allocates, and leaves the thread's chunk alone.

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
    let our_policies = members(lists.policies(), &POLICIES);

    let inner = inner_counters.as_slice();
    // Collected, so that the work for a stranger's list stays linear in its length.
    let standing = (our_counters.as_slice().iter())
        .filter(|ours| !is_undercut(ours, inner))
        .collect::<Vec<_>>();
    let stands = |member: &Member<'_>| standing.iter().any(|ours| is_same(ours, member));

    let mut first = BytesMut::new();
    append(&mut first, &counters, inner, |m| !stands(m));
    append(
        &mut first,
        lists.counters(),
        our_counters.as_slice(),
        stands,
    );
    let mut second = BytesMut::new();
    append(&mut second, &policies, inner_policies.as_slice(), |m| {
        !stands(m)
    });
    append(
        &mut second,
        lists.policies(),
        our_policies.as_slice(),
        stands,
    );
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
fn append(
    out: &mut BytesMut,
    text: &[u8],
    list: &[Member<'_>],
    is_wanted: impl Fn(&Member<'_>) -> bool,
) {
    for (member, text) in list.iter().zip(split(text)) {
        if !is_wanted(member) {
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
    // Empty where the inner list was unreadable or absent, and all of ours are undercut in the other one.
    match HeaderValue::from_maybe_shared(list) {
        Ok(value) if !value.is_empty() => headers.insert(name, value),
        _ => headers.remove(name),
    };
}
