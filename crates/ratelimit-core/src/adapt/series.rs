//! How much by when: a running total that can be asked about the past.
//!
//! Danger: it is bounded, so what lies further back than it was told to keep counts as having always been
//! there; and what happened within one grain of time counts as having happened at its end.

use std::collections::VecDeque;

/// Entries kept at most, whatever happens.
const MOST: usize = 8192;

/// A total that only grows, by time in nanoseconds.
#[derive(Clone, Debug, Default)]
pub(super) struct Series {
    /// Instant, and the total from then on.
    entries: VecDeque<(u64, u64)>,
    /// The total before the first entry.
    base: u64,
    /// When the grain of the last entry began.
    grain_from: u64,
}

impl Series {
    /// `amount` more from `at` on. What comes within one `grain` is one entry, at the latest instant.
    pub(super) fn add(&mut self, at: u64, amount: u64, grain: u64) {
        let total = self.total() + amount;
        if let Some(last) = self.entries.back_mut() {
            let at = at.max(last.0);
            if at == last.0 || at.saturating_sub(self.grain_from) < grain {
                *last = (at, total);
                return;
            }
        }
        self.grain_from = at;
        self.entries.push_back((at, total));
        if self.entries.len() > MOST {
            self.drop_first();
        }
    }

    /// `amount` more from an instant on that may lie before the last ones.
    pub(super) fn insert(&mut self, at: u64, amount: u64, grain: u64) {
        match self.entries.back() {
            Some(last) if at < last.0 => {}
            _ => return self.add(at, amount, grain),
        }
        let n = self.entries.partition_point(|entry| entry.0 < at);
        for entry in self.entries.iter_mut().skip(n) {
            entry.1 += amount;
        }
        let before = n.checked_sub(1).map_or(self.base, |i| self.entries[i].1);
        // Within a grain the later instant stands for both; it has the amount already.
        let is_new = self.entries.get(n).is_none_or(|next| next.0 - at > grain);
        if is_new {
            self.entries.insert(n, (at, before + amount));
        }
    }

    /// All of it.
    pub(super) fn total(&self) -> u64 {
        self.entries.back().map_or(self.base, |last| last.1)
    }

    /// The total at an instant.
    pub(super) fn at(&self, instant: u64) -> u64 {
        // Most questions are about right now.
        if let Some(last) = self.entries.back().filter(|last| last.0 <= instant) {
            return last.1;
        }
        match self.entries.partition_point(|entry| entry.0 <= instant) {
            0 => self.base,
            n => self.entries[n - 1].1,
        }
    }

    /// The total at an instant, and those that came after it, with their instants.
    pub(super) fn from(&self, instant: u64) -> (u64, impl Iterator<Item = (u64, u64)> + '_) {
        let n = self.entries.partition_point(|entry| entry.0 <= instant);
        let then = n.checked_sub(1).map_or(self.base, |i| self.entries[i].1);
        (then, self.entries.range(n..).copied())
    }

    /// When the total came to be at least `total`.
    pub(super) fn when(&self, total: u64) -> Option<u64> {
        let n = self.entries.partition_point(|entry| entry.1 < total);
        self.entries.get(n).map(|entry| entry.0)
    }

    /// Forgets how the total was before `instant`.
    pub(super) fn forget_before(&mut self, instant: u64) {
        while self.entries.len() > 1 && self.entries[1].0 <= instant {
            self.drop_first();
        }
    }

    fn drop_first(&mut self) {
        if let Some((_, total)) = self.entries.pop_front() {
            self.base = total;
        }
    }
}

#[cfg(test)]
mod tests;
