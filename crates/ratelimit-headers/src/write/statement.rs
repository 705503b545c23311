//! What is to be written, between the decision and the response.
//!
//! A decision is made before a request is served and stated after it. What has to be carried in between is three
//! numbers and one text, not the decision.
//!
//! Mostly nobody has stated a limit before, and that is found out first, by a look at the names that are there: then
//! all that is left is to insert.

use super::ietf::Lists;
use super::others::Others;
use super::tighter::Tighter;
use super::x_rate_limit::Numbers;
use super::{Dialects, Existing, Writer, ietf, retry_after, time};
use crate::dialect::Dialect;
use crate::read::scope::{Scope, may_concern};
use crate::state::PolicyState;
use http::HeaderMap;
use std::time::Duration;

/// What a [`Writer`] is going to write: made when the decision is, written when the response is there.
#[derive(Clone, Debug)]
pub struct Statement {
    numbers: Numbers,
    lists: Option<Lists>,
    others: Option<Box<Others>>,
    /// The longest `t` in the lists of a policy with nothing left, in seconds; the largest number is longer than that.
    longest: u32,
    dialects: Dialects,
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
        let others =
            (dialects.has_others()).then(|| Others::of(dialects, headline, all.clone(), unix_now));
        let (lists, longest) = if dialects.contains(Dialects::IETF) {
            Lists::of(all)
        } else {
            (None, Duration::ZERO)
        };
        Self {
            numbers: Numbers::of(headline, unix_now),
            lists,
            others,
            longest: u32::try_from(time::seconds_up(longest)).unwrap_or(u32::MAX),
            dialects,
            existing: writer.existing,
        }
    }

    /// Writes it into the headers of a response that is no refusal. Never panics: a field for which a full map has no
    /// room is left out.
    ///
    /// With [`Dialects::X_RETRY_AFTER`] that includes `X-RateLimit-Retry-After: 0`, unless somebody asks for a wait: an
    /// inner layer or an upstream, in this field or in one like it.
    #[inline]
    pub fn write(&self, headers: &mut HeaderMap) {
        self.write_limits(headers);
        if self.dialects.contains(Dialects::X_RETRY_AFTER) {
            retry_after::write_none(headers);
        }
    }

    /// Writes the limits alone, and nothing about waiting: for a refusal that time does not cure, and for one that
    /// somebody else has made without saying how long. That nobody has to wait would be wrong there.
    #[inline]
    pub fn write_limits(&self, headers: &mut HeaderMap) {
        if headers.keys().any(may_concern) {
            self.write_beside(headers);
        } else {
            self.put(headers);
        }
    }

    /// Writes it into the headers of a refusal, and how long to wait, as [`Writer::write_retry_after`] does.
    ///
    /// `Retry-After` never ends before the `t` of a policy with nothing left in the lists of `RateLimit`: `wait` is
    /// lengthened to it (draft-ietf-httpapi-ratelimit-headers-10, section 6: the two should not contradict each other).
    /// A policy that has something left, or is [spared](PolicyState::spared), does not lengthen it: it is not what the
    /// client waits for.
    ///
    /// ```
    /// use http::HeaderMap;
    /// use ratelimit_headers::{PolicyState, Writer};
    /// use std::time::Duration;
    ///
    /// let state = PolicyState::new("minute", 60, 0, Duration::from_secs(60))
    ///     .with_next_after(Duration::from_secs(30));
    /// let unix_now = Duration::from_secs(1_772_452_800);
    /// let statement = Writer::default().statement(&state, [state].into_iter(), unix_now);
    ///
    /// let mut headers = HeaderMap::new();
    /// statement.write_refusal(&mut headers, Duration::from_secs(1));
    /// assert_eq!(headers["ratelimit"], r#""minute";r=0;t=30"#);
    /// assert_eq!(headers["retry-after"], "30");
    /// ```
    pub fn write_refusal(&self, headers: &mut HeaderMap, wait: Duration) {
        self.write_limits(headers);
        retry_after::write(headers, self.dialects, self.wait(wait));
    }

    /// The wait that [`write_refusal`](Self::write_refusal) makes of this one, for whoever states it elsewhere too: it
    /// does not end before the `t` of a policy with nothing left. Where it is that long already, in the whole seconds that
    /// both are written in, it stays as it is, to the nanosecond.
    #[must_use]
    pub fn wait(&self, wait: Duration) -> Duration {
        match self.longest {
            u32::MAX => Duration::MAX,
            seconds if time::seconds_up(wait) >= seconds.into() => wait,
            seconds => Duration::from_secs(seconds.into()),
        }
    }

    /// Writes it where nobody has stated a limit.
    #[inline]
    fn put(&self, headers: &mut HeaderMap) {
        if self.dialects.contains(Dialects::X_RATE_LIMIT) {
            self.numbers.put(headers);
        }
        if let Some(lists) = &self.lists {
            lists.put(headers);
        }
        if let Some(others) = &self.others {
            others.put(headers);
        }
    }

    #[cold]
    fn write_beside(&self, headers: &mut HeaderMap) {
        let tighter = match self.existing {
            Existing::Replace => {
                Scope::Written.remove(headers);
                return self.put(headers);
            }
            Existing::Merge => Tighter::of(headers, self.numbers.remaining),
            Existing::Keep => Tighter::NONE,
        };
        if self.dialects.contains(Dialects::X_RATE_LIMIT) {
            let family = self.numbers.family();
            family.write_beside(headers, self.existing, tighter);
        }
        if let Some(lists) = &self.lists {
            if tighter.is_seen_beside(Dialect::Ietf) {
                ietf::write_beside(headers, lists, self.existing);
            }
        }
        if let Some(others) = &self.others {
            others.write_beside(headers, self.existing, tighter);
        }
    }
}

/// It is moved as often as the future of the response is.
const _: () = assert!(size_of::<Statement>() <= 80);
