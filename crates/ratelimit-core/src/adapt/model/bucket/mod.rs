//! A token bucket: what is left flows back at an even rate, up to its capacity.

mod bound;
mod rates;

use super::Refuted;
use crate::adapt::ledger::Ledger;
use crate::adapt::sight::{LADDER, Sight, secs};

const ANSWERS: usize = 12;

/// See the [module](self).
#[derive(Clone, Debug)]
pub(in crate::adapt) struct Bucket {
    stated: Option<u64>,
    /// For each window in use: where the capacity must lie, if it is the one.
    rates: [Option<(f64, f64)>; LADDER.len()],
    /// The rate if the limit is the capacity, in units a second.
    free: Option<(f64, f64)>,
    /// What follows from these.
    rate: Option<f64>,
    answers: [Option<Seen>; ANSWERS],
    next: usize,
    /// Whether the server's clock is not known.
    guessed: bool,
    limit: f64,
    /// When the first answer came.
    first: u64,
    capacity_seen: f64,
    /// What it was under another limit, as a part of that, applied to this one.
    capacity_before: f64,
    /// The level if there were nobody else and it had been full at first: never above the capacity.
    ceiling: (u64, f64),
}

#[derive(Clone, Copy, Debug)]
struct Seen {
    sent: u64,
    now: u64,
    left: f64,
    /// What was left, and what of our own was surely taken off by then.
    base: f64,
    /// What of our own had been sent by its arrival.
    sent_by_now: f64,
    /// Whether others have taken something since, so that nothing follows from it any more.
    past: bool,
}

impl Default for Bucket {
    fn default() -> Self {
        Self {
            stated: None,
            rates: [Some((0.0, f64::INFINITY)); LADDER.len()],
            free: Some((0.0, f64::INFINITY)),
            rate: Some(0.0),
            answers: [None; ANSWERS],
            next: 0,
            guessed: false,
            limit: 0.0,
            first: u64::MAX,
            capacity_seen: 0.0,
            capacity_before: 0.0,
            ceiling: (0, f64::INFINITY),
        }
    }
}

impl Bucket {
    pub(in crate::adapt) fn observe(
        &mut self,
        sight: &Sight,
        ledger: &Ledger,
    ) -> Result<(), Refuted> {
        self.limit = sight.limit;
        self.first = self.first.min(sight.now);
        if let Some(window) = sight.window.filter(|_| self.stated.is_none()) {
            self.stated = Some(window);
            self.keep_only(secs(window));
        }
        self.capacity_seen = self.capacity_seen.max(sight.left + sight.counted());
        self.learn_rate(sight);
        self.rate = self.likely_rate();
        if self.rate.is_none() {
            return Err(Refuted);
        }
        self.check_rise(sight, ledger)?;
        self.drop_past(sight, ledger);
        let before = sight.sent.saturating_sub(sight.lag);
        let counted = sight.counted();
        self.answers[self.next] = Some(Seen {
            sent: sight.sent,
            now: sight.now,
            left: sight.left,
            base: self.level(sight) + ledger.answered_by(before) + counted,
            sent_by_now: ledger.sent_by(sight.now),
            past: false,
        });
        self.next = (self.next + 1) % ANSWERS;
        Ok(())
    }

    /// What is left, or how much less than nothing: a limit that was lowered leaves a debt, which only the reset
    /// shows.
    fn level(&self, sight: &Sight) -> f64 {
        match (sight.distance(), self.rate()) {
            (Some((_, far)), Some(rate)) if sight.left < 1.0 && self.capacity() > 0.0 => {
                sight.left.min(self.capacity() - rate * far)
            }
            _ => sight.left,
        }
    }

    /// More should be left than is, even if all was counted that is under way: others have taken it.
    fn drop_past(&mut self, sight: &Sight, ledger: &Ledger) {
        let rate = self.rate().unwrap_or(0.0);
        let most = sight.left + ledger.net() + sight.slack + 1.0;
        for seen in self.answers.iter_mut().flatten() {
            let flowed = rate * secs(sight.now.saturating_sub(seen.now));
            seen.past |= seen.base + flowed > most;
        }
    }

    /// No more can flow back than the fastest rate brings.
    fn check_rise(&self, sight: &Sight, ledger: &Ledger) -> Result<(), Refuted> {
        let Some(fastest) = self.fastest() else {
            return Err(Refuted);
        };
        let before = sight.sent.saturating_sub(sight.lag);
        // Of two requests that were under way together nobody knows which was decided first.
        let earlier = self
            .answers
            .iter()
            .flatten()
            .filter(|seen| seen.now <= before);
        let answered = ledger.answered_by(before);
        let rises = earlier.into_iter().any(|seen| {
            let taken = answered - seen.sent_by_now + sight.counted();
            let since = secs(
                sight
                    .now
                    .saturating_sub(seen.sent.saturating_sub(sight.lag)),
            );
            sight.left > seen.left - taken.max(0.0) + fastest * since + sight.slack + 1.0
        });
        if rises { Err(Refuted) } else { Ok(()) }
    }

    /// The most that was ever there.
    pub(in crate::adapt) fn capacity_seen(&self) -> f64 {
        self.capacity_seen
    }

    /// Whether never more than this part of the limit was there.
    pub(in crate::adapt) fn is_smaller_than(&self, part: f64) -> bool {
        self.capacity_seen < part * self.limit
    }

    /// That, or what it was under another limit.
    fn capacity(&self) -> f64 {
        self.capacity_seen.max(self.capacity_before)
    }

    pub(in crate::adapt) fn window(&self) -> f64 {
        self.rate().map_or(60.0, |rate| self.limit / rate.max(1e-9))
    }

    /// The limit is so many times what it was.
    pub(in crate::adapt) fn void(&mut self, times: f64) {
        let stated = self.stated;
        *self = Self {
            first: self.first,
            capacity_before: self.capacity() * times,
            ..Self::default()
        };
        if let Some(window) = stated {
            self.stated = Some(window);
            self.keep_only(secs(window));
        }
        self.rate = self.likely_rate();
    }

    /// Something leaves.
    pub(in crate::adapt) fn send(&mut self, now: u64, cost: f64) {
        if self.capacity_seen > 0.0 {
            self.ceiling = (now, self.ceiling_at(now) - cost);
        }
    }

    /// Something was given back.
    pub(in crate::adapt) fn refund(&mut self, amount: f64) {
        self.ceiling.1 += amount;
    }
}

#[cfg(test)]
mod tests;
