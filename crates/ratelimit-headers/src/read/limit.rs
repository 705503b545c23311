//! A limit field: a number, or the list of the drafts -00 to -03.
//!
//! `100, 100;w=60` is the limit in force, then the quotas it comes from. `100, 100` is a number that an intermediary
//! has joined with its repeat; `100, 50` contradicts itself.

use super::field::{Field, trim};
use super::number::Number;
use super::quota::{self, Quota};
use crate::few::Few;
use http::HeaderMap;

/// A number, perhaps repeated.
pub(super) fn number(text: &[u8]) -> Option<u64> {
    if let Some(number) = Number::parse(text) {
        return number.count();
    }
    let mut repeats = text.split(|byte| *byte == b',').map(trim);
    let first = repeats.next()?;
    repeats
        .all(|repeat| repeat == first)
        .then(|| Number::parse(first)?.count())?
}

/// The limit in force, and what quotas the list has.
pub(super) fn list(field: &Field<'_>, headers: &HeaderMap, quotas: &mut Few<Quota>) -> Option<u64> {
    // Equal lines are repeats, whatever they are made of.
    let text = match field.single(headers) {
        Some(text) => text.into(),
        None => field.joined(headers),
    };
    if let Some(number) = number(&text) {
        return Some(number);
    }
    let mut list = quota::parse(&text)?;
    let all = list.as_slice();
    let (size, is_policy) = all.first().map(|first| (first.size, first.has_window()))?;
    if !all.iter().any(Quota::has_window) {
        // Several numbers are no list, not even equal ones: `1,001` has a separator for thousands.
        return (all.len() == 1).then_some(size);
    }
    // What has no window is the limit in force alone. Docker sends `100;w=21600`: limit and quota in one.
    if !is_policy {
        list.retain(|quota| quota.has_window() || quota.size != size);
    }
    *quotas = list;
    Some(size)
}
