//! What is to be written, between the decision and the response.
//!
//! A decision is made before a request is served and stated after it. What has to be carried in between is three
//! numbers and one text, not the decision.

use super::ietf::Lists;
use super::x_rate_limit::Numbers;
use super::{Dialects, Existing, Writer, ietf, x_rate_limit};
use crate::names::{RATE_LIMIT, RATE_LIMIT_POLICY, X_LIMIT, X_REMAINING, X_RESET};
use crate::state::PolicyState;
use http::HeaderMap;
use std::time::Duration;

/// What a [`Writer`] is going to write: made when the decision is, written when the response is there.
#[derive(Clone, Debug)]
pub struct Statement {
    numbers: Option<Numbers>,
    lists: Option<Lists>,
    existing: Existing,
}

impl Statement {
    #[inline]
    pub(super) fn new<'a>(
        writer: Writer,
        headline: &PolicyState<'a>,
        all: impl Iterator<Item = PolicyState<'a>> + Clone,
        unix_now: Duration,
    ) -> Self {
        let writes = |dialect| writer.dialects.contains(dialect);
        Self {
            numbers: writes(Dialects::X_RATE_LIMIT).then(|| Numbers::of(headline, unix_now)),
            lists: writes(Dialects::IETF).then(|| Lists::of(all)).flatten(),
            existing: writer.existing,
        }
    }

    /// Writes it into `headers`. Never panics.
    #[inline]
    pub fn write(&self, headers: &mut HeaderMap) {
        if self.existing == Existing::Replace {
            remove_all(headers);
        }
        if let Some(numbers) = self.numbers {
            x_rate_limit::write(headers, numbers, self.existing);
        }
        if let Some(lists) = &self.lists {
            ietf::write(headers, lists, self.existing);
        }
    }
}

fn remove_all(headers: &mut HeaderMap) {
    let families = [
        &X_LIMIT,
        &X_REMAINING,
        &X_RESET,
        &RATE_LIMIT,
        &RATE_LIMIT_POLICY,
    ];
    for name in families {
        headers.remove(name);
    }
}
