//! What is to be written, between the decision and the response.
//!
//! A decision is made before a request is served and stated after it. What has to be carried in between is three
//! numbers and one text, not the decision.

use super::ietf::Lists;
use super::others::Others;
use super::x_rate_limit::Numbers;
use super::{Dialects, Existing, Writer, fields, ietf, x_rate_limit};
use crate::state::PolicyState;
use http::HeaderMap;
use std::time::Duration;

/// What a [`Writer`] is going to write: made when the decision is, written when the response is there.
#[derive(Clone, Debug)]
pub struct Statement {
    numbers: Option<Numbers>,
    lists: Option<Lists>,
    others: Option<Box<Others>>,
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
        let dialects = writer.dialects;
        let writes = |dialect| dialects.contains(dialect);
        let others =
            (dialects.has_others()).then(|| Others::of(dialects, headline, all.clone(), unix_now));
        Self {
            numbers: writes(Dialects::X_RATE_LIMIT).then(|| Numbers::of(headline, unix_now)),
            lists: writes(Dialects::IETF).then(|| Lists::of(all)).flatten(),
            others,
            existing: writer.existing,
        }
    }

    /// Writes it into `headers`. Never panics.
    #[inline]
    pub fn write(&self, headers: &mut HeaderMap) {
        if self.existing == Existing::Replace {
            fields::remove_all(headers);
        }
        if let Some(numbers) = self.numbers {
            x_rate_limit::write(headers, numbers, self.existing);
        }
        if let Some(lists) = &self.lists {
            ietf::write(headers, lists, self.existing);
        }
        if let Some(others) = &self.others {
            others.write(headers, self.existing);
        }
    }
}

/// It is moved as often as the future of the response is.
const _: () = assert!(size_of::<Statement>() <= 80);
