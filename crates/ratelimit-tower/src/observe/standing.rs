//! What is left of each unit, as far as it was said last.

use std::time::Duration;

use tokio::time::Instant;

use super::event::Limit;

/// A server may name as many units as it likes; nobody looks at more.
const MOST_UNITS: usize = 8;

/// How it stands with what one unit counts: the tightest limit of the last answer that spoke of it.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Standing {
    /// What is counted: `requests`, `tokens`. The server's word.
    pub unit: String,
    /// What is left, in units.
    pub remaining: u64,
    /// The whole quota, in units, if that was stated.
    pub limit: Option<u64>,
    /// How long from now until it is renewed.
    pub reset_after: Option<Duration>,
    /// Whether others seem to use the same quota.
    pub shared: bool,
    /// The part of the quota that is taken for this client's, 0 to 1.
    pub share: f64,
}

/// What was said, and when.
#[derive(Debug, Default)]
pub(super) struct Standings(Vec<(Standing, Instant)>);

/// Of each unit the limit with the least left; the first of those that have the same.
pub(super) fn tightest<'a>(limits: &'a [Limit<'a>]) -> impl Iterator<Item = &'a Limit<'a>> {
    let places = limits.iter().enumerate();
    let tightest = places.filter(|(at, limit)| {
        let tighter = |(place, other): (usize, &Limit<'_>)| {
            let left = other.remaining.filter(|_| other.unit == limit.unit);
            left.is_some_and(|left| limit.remaining.is_none_or(|own| (left, place) < (own, *at)))
        };
        !limits.iter().enumerate().any(tighter)
    });
    tightest.map(|(_, limit)| limit)
}

impl Standing {
    /// The part that is used, 0 to 1, if the quota was stated.
    #[must_use]
    #[allow(clippy::cast_precision_loss, reason = "for people to look at")]
    pub fn used(&self) -> Option<f64> {
        let limit = self.limit.filter(|limit| *limit > 0)?;
        Some(1.0 - self.remaining.min(limit) as f64 / limit as f64)
    }
}

impl Standings {
    /// An answer has said this.
    pub(super) fn heard(&mut self, limits: &[Limit<'_>], now: Instant) {
        for limit in tightest(limits) {
            if let Some(remaining) = limit.remaining {
                self.put(limit, remaining, now);
            }
        }
    }

    /// How it stands now.
    pub(super) fn now(&self, now: Instant) -> Vec<Standing> {
        let aged = |(standing, at): &(Standing, Instant)| {
            let since = now.saturating_duration_since(*at);
            let reset = standing.reset_after;
            Standing {
                reset_after: reset.map(|reset| reset.saturating_sub(since)),
                ..standing.clone()
            }
        };
        self.0.iter().map(aged).collect()
    }

    fn put(&mut self, limit: &Limit<'_>, remaining: u64, now: Instant) {
        let known = self.0.iter().position(|known| known.0.unit == limit.unit);
        let place = match known {
            Some(place) => place,
            None if self.0.len() < MOST_UNITS => {
                self.0.push((Standing::of(limit.unit), now));
                self.0.len() - 1
            }
            None => return,
        };
        let (standing, at) = &mut self.0[place];
        *at = now;
        standing.remaining = remaining;
        standing.limit = limit.limit;
        standing.reset_after = limit.reset_after;
        (standing.shared, standing.share) = (limit.shared, limit.share);
    }
}

impl Standing {
    fn of(unit: &str) -> Self {
        Self {
            unit: unit.to_owned(),
            remaining: 0,
            limit: None,
            reset_after: None,
            shared: false,
            share: 1.0,
        }
    }
}
