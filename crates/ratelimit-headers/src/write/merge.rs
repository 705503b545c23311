//! Adding to lists that an inner layer or an upstream has written.
//!
//! Two layers may use one name ("default", say), and then a reader could not tell which counter belongs to which quota.
//! So for each name one side stands, the one with less remaining; the members of the other go, from both lists. What
//! stays of the inner lists stays byte for byte, parameters that we do not know included.
//!
//! This is the rare path, and a stranger's list may be long: it allocates, and leaves the thread's chunk alone.

use super::ietf::{legal, push_all, push_counter, push_policy};
use crate::few::Few;
use crate::names::{RATE_LIMIT, RATE_LIMIT_POLICY};
use crate::read::field::joined;
use crate::read::ietf::{COUNTERS, POLICIES, members};
use crate::read::member::Member;
use crate::state::PolicyState;
use bytes::{Bytes, BytesMut};
use http::{HeaderMap, HeaderName, HeaderValue};

/// Writes both lists.
pub(super) fn write<'a>(headers: &mut HeaderMap, all: impl Iterator<Item = PolicyState<'a>>) {
    let counters = joined(headers, &RATE_LIMIT).unwrap_or_default();
    let policies = joined(headers, &RATE_LIMIT_POLICY).unwrap_or_default();
    // A list that cannot be read has no members, so nothing of it stays.
    let inner_counters = members(&counters, &COUNTERS);
    let inner_policies = members(&policies, &POLICIES);
    let ours = looser_left_out(all, inner_counters.as_slice());

    let mut first = kept(&counters, inner_counters.as_slice(), ours.as_slice());
    push_all(&mut first, ours.as_slice().iter().copied(), push_counter);
    let mut second = kept(&policies, inner_policies.as_slice(), ours.as_slice());
    push_all(&mut second, ours.as_slice().iter().copied(), push_policy);
    set(headers, RATE_LIMIT, first.freeze());
    set(headers, RATE_LIMIT_POLICY, second.freeze());
}

/// Those of `all` that no inner counter of the same name undercuts. Collected, so that the work for a stranger's list
/// stays linear in its length.
fn looser_left_out<'a>(
    all: impl Iterator<Item = PolicyState<'a>>,
    inner: &[Member<'_>],
) -> Few<PolicyState<'a>> {
    let is_undercut = |ours: &PolicyState<'_>| {
        inner.iter().any(|inner| {
            is_same_name(inner, ours) && inner.count.is_some_and(|left| left <= ours.remaining)
        })
    };
    let mut stand = Few::Zero;
    all.filter(|ours| !is_undercut(ours))
        .for_each(|ours| stand.push(ours));
    stand
}

/// The members of `list` whose names are not ours, as they stand in its text.
fn kept(text: &[u8], list: &[Member<'_>], ours: &[PolicyState<'_>]) -> BytesMut {
    let mut kept = BytesMut::new();
    for (member, text) in list.iter().zip(split(text)) {
        if ours.iter().any(|ours| is_same_name(member, ours)) {
            continue;
        }
        if !kept.is_empty() {
            kept.extend_from_slice(b", ");
        }
        kept.extend_from_slice(text.trim_ascii());
    }
    kept
}

fn is_same_name(inner: &Member<'_>, ours: &PolicyState<'_>) -> bool {
    ours.name.chars().map(legal).eq(inner.name.bytes())
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
