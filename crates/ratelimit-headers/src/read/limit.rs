//! A limit field: a number, or the list of the drafts -00 to -03.
//!
//! `100, 100;w=60` is the limit in force, then the quotas it comes from. `100, 100` is a number that an intermediary
//! has joined with its repeat; `100, 50` contradicts itself.

use super::field::{Field, trim};
use super::number::Number;
use super::quota::{self, Quota};
use crate::few::Few;
use http::HeaderMap;

#[derive(Debug)]
pub(super) struct Limit {
    pub(super) size: u64,
    pub(super) quotas: Few<Quota>,
}

impl Limit {
    pub(super) fn read<'h>(field: &Field<'h>, headers: &'h HeaderMap) -> Option<Self> {
        // Equal lines are repeats, whatever they are made of.
        match field.single(headers) {
            Some(text) => Self::parse(text),
            None => Self::parse(&field.joined(headers)),
        }
    }

    fn parse(text: &[u8]) -> Option<Self> {
        if let Some(size) = number(text) {
            let quotas = Few::Zero;
            return Some(Limit { size, quotas });
        }
        let mut quotas = quota::parse(text)?;
        let all = quotas.as_slice();
        let (size, is_policy) = all.first().map(|first| (first.size, first.has_window()))?;
        if all.iter().any(Quota::has_window) {
            // What has no window is the limit in force (Docker sends `100;w=21600` alone: limit and policy in one).
            let in_force = |quota: &Quota| !quota.has_window() && quota.size == size;
            if !is_policy {
                quotas.retain(|quota| !in_force(quota));
            }
            return Some(Limit { size, quotas });
        }
        let agree = all.iter().all(|quota| quota.size == size);
        let quotas = Few::Zero;
        agree.then_some(Limit { size, quotas })
    }
}

/// A number, perhaps repeated.
fn number(text: &[u8]) -> Option<u64> {
    let mut repeats = text.split(|byte| *byte == b',').map(trim);
    let first = repeats.next()?;
    repeats
        .all(|repeat| repeat == first)
        .then(|| Number::parse(first)?.count())?
}
