//! How fast a bucket is filled, by how its reset moves with what is left.

use super::Bucket;
use crate::adapt::sight::{LADDER, Sight, secs};

/// No bucket holds more than so many times its limit.
const LARGEST: f64 = 10.0;

/// The places of the windows in the ladder, those that are used most first.
const BY_USE: [usize; LADDER.len()] = [1, 4, 0, 5, 2, 3];

impl Bucket {
    pub(super) fn keep_only(&mut self, window: f64) {
        for (rate, of) in self.rates.iter_mut().zip(LADDER) {
            if of != window {
                *rate = None;
            }
        }
        if !LADDER.contains(&window) {
            // It stands in the first place from now on.
            self.rates[0] = Some((0.0, f64::INFINITY));
        }
        self.free = None;
    }

    pub(super) fn window_at(&self, index: usize) -> f64 {
        match (index, self.stated.map(secs)) {
            (0, Some(window)) => window,
            _ => LADDER[index],
        }
    }

    pub(super) fn learn_rate(&mut self, sight: &Sight) {
        let Some((near, far)) = sight.distance_or_guess() else {
            return;
        };
        let (left, limit, slack) = (sight.left, sight.limit, sight.slack);
        for index in 0..LADDER.len() {
            let rate = limit / self.window_at(index);
            let Some((lo, hi)) = self.rates[index] else {
                continue;
            };
            // A server may also say when the next unit comes, which tells nothing about the capacity.
            if self.stated.is_some() && near <= 1.0 / rate + 0.1 && left < limit - 2.0 {
                continue;
            }
            // What is left is stated in whole units, rounded down; and as nothing, if it is less than that.
            let least = if left < 1.0 { 0.0 } else { left + rate * near };
            let (lo, hi) = (lo.max(least), hi.min(left + 1.0 + rate * far));
            let enough = sight.is_guess() || hi + slack + 0.01 >= self.capacity_seen;
            let sane = sight.is_guess() || lo <= LARGEST * limit;
            self.rates[index] = (lo <= hi + 2.0 * slack && enough && sane).then_some((lo, hi));
        }
        if sight.is_guess() {
            (self.free, self.guessed) = (None, true);
        }
        if let Some((lo, hi)) = self.free {
            let used = (limit - left).max(0.0);
            let most = match left < 1.0 {
                true => f64::INFINITY,
                false => (used + slack) / near.max(1e-9),
            };
            let (lo, hi) = (lo.max((used - 1.0 - slack) / far.max(1e-3)), hi.min(most));
            self.free = (lo <= hi && self.capacity_seen <= limit + 0.5).then_some((lo, hi));
        }
    }

    pub(super) fn fastest(&self) -> Option<f64> {
        let first = (0..LADDER.len()).find(|index| self.rates[*index].is_some());
        let rate = first.map(|index| self.limit / self.window_at(index));
        let free = self.free.map(|(_, hi)| hi);
        match (rate, free) {
            (Some(a), Some(b)) => Some(a.max(b)),
            (a, b) => a.or(b),
        }
    }

    /// Units a second: of the windows that would explain what was seen, that which is used most, if the capacity
    /// is not absurd then; else the longest.
    pub(in crate::adapt) fn rate(&self) -> Option<f64> {
        self.rate
    }

    pub(super) fn likely_rate(&self) -> Option<f64> {
        let plausible = |index: &usize| {
            self.rates[*index]
                .is_some_and(|(lo, hi)| hi >= 0.1 * self.limit && lo <= LARGEST * self.limit)
        };
        let longest = || {
            (0..LADDER.len())
                .rev()
                .find(|index| self.rates[*index].is_some())
        };
        let index = BY_USE.into_iter().find(plausible).or_else(longest);
        let rate = index.map(|index| self.limit / self.window_at(index));
        rate.or(self.free.map(|(lo, _)| lo))
    }
}
