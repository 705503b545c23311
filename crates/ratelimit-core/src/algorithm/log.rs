//! Where sliding logs are kept: a slab of queues beside the states, in one budget.
//!
//! A log holds an entry for each check that was admitted and is still in its window, so it costs
//! memory only for what was really sent. The slab is bounded: when its budget of entries is used
//! up, the two oldest entries of the log that wants to grow become one, at the later time. Then that
//! key is refused for a little longer than it need be, and is never admitted too early.

use std::collections::VecDeque;

/// An empty log keeps room for this many entries, so that a slow caller costs no allocation each time.
const KEPT_CAPACITY: usize = 4;

/// Logs of one shard.
#[derive(Debug)]
pub(crate) struct Logs {
    logs: Vec<Log>,
    free: Vec<usize>,
    entries: usize,
    budget: usize,
    /// The log that is looked at next for entries that are out of its window.
    hand: usize,
}

/// When units were taken, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Log {
    entries: VecDeque<Entry>,
    total: u64,
    /// The longest window that the entries may still be asked about, in nanoseconds.
    keep: u64,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry {
    pub(crate) at: u64,
    pub(crate) units: u64,
}

impl Logs {
    /// For states that have none.
    pub(crate) const EMPTY: Self = Self::new(0);

    /// A slab that holds about `budget` entries in all.
    pub(crate) const fn new(budget: usize) -> Self {
        Self {
            logs: Vec::new(),
            free: Vec::new(),
            entries: 0,
            budget,
            hand: 0,
        }
    }

    pub(crate) fn get(&self, id: usize) -> Option<&Log> {
        self.logs.get(id)
    }

    /// An empty log for a key that has none.
    pub(crate) fn add(&mut self) -> usize {
        self.free.pop().unwrap_or_else(|| {
            self.logs.push(Log::default());
            self.logs.len() - 1
        })
    }

    /// Gives a log back, with what it holds.
    pub(crate) fn remove(&mut self, id: usize) {
        if let Some(log) = self.logs.get_mut(id) {
            self.entries -= log.entries.len();
            *log = Log::default();
            self.free.push(id);
        }
    }

    /// Appends `units` at `now`; the log is to be kept for `window`.
    pub(crate) fn push(&mut self, id: usize, now: u64, units: u64, window: u64) {
        self.trim(id, now);
        self.sweep_one(now);
        let full = self.entries >= self.budget;
        let Some(log) = self.logs.get_mut(id) else {
            return;
        };
        let before = log.entries.len();
        log.push(now, units, window);
        if full {
            log.merge_oldest();
        }
        self.entries = self.entries + log.entries.len() - before;
    }

    /// Takes back up to `units` of what was taken at exactly `at`.
    pub(crate) fn refund(&mut self, id: usize, at: u64, units: u64) {
        if let Some(log) = self.logs.get_mut(id) {
            let before = log.entries.len();
            log.refund(at, units);
            self.entries -= before - log.entries.len();
        }
    }

    fn trim(&mut self, id: usize, now: u64) {
        if let Some(log) = self.logs.get_mut(id) {
            let before = log.entries.len();
            log.trim(now);
            self.entries -= before - log.entries.len();
        }
    }

    /// One log a push, in turn: memory of keys that fell silent comes back without a sweep of all.
    fn sweep_one(&mut self, now: u64) {
        if !self.logs.is_empty() {
            self.hand = (self.hand + 1) % self.logs.len();
            self.trim(self.hand, now);
        }
    }
}

impl Log {
    /// Units taken within the last `window` before `now`.
    pub(crate) fn used(&self, now: u64, window: u64) -> u64 {
        // Entries leave from the front; with the window that the log is kept for, few have left
        // that were not trimmed yet.
        let left = self.entries.iter().take_while(|e| e.leaves(window) <= now);
        self.total - left.map(|e| e.units).sum::<u64>()
    }

    /// The first instant at which at most `level` units are in the window, if no more are taken.
    pub(crate) fn when_at_most(&self, level: u64, window: u64) -> u64 {
        let mut used = self.total;
        for entry in &self.entries {
            if used <= level {
                break;
            }
            used -= entry.units;
            if used <= level {
                return entry.leaves(window);
            }
        }
        0
    }

    /// When the newest entry leaves the window.
    pub(crate) fn empty_at(&self, window: u64) -> u64 {
        self.entries.back().map_or(0, |e| e.leaves(window))
    }

    /// Whether all entries have left the longest window that they may still be asked about.
    pub(crate) fn is_empty_at(&self, now: u64, window: u64) -> bool {
        self.empty_at(window.max(self.keep)) <= now
    }

    fn push(&mut self, now: u64, units: u64, window: u64) {
        if self.entries.is_empty() {
            self.keep = window;
        }
        self.keep = self.keep.max(window);
        self.total += units;
        match self.entries.back_mut() {
            // Also when the clock stepped back: then the units count from the later time.
            Some(last) if last.at >= now => last.units += units,
            _ => self.entries.push_back(Entry { at: now, units }),
        }
    }

    fn trim(&mut self, now: u64) {
        while let Some(first) = self.entries.front() {
            if first.leaves(self.keep) > now {
                return;
            }
            self.total -= first.units;
            self.entries.pop_front();
        }
        if self.entries.capacity() > KEPT_CAPACITY {
            self.entries = VecDeque::new();
        }
    }

    fn merge_oldest(&mut self) {
        if self.entries.len() < 3 {
            return;
        }
        if let (Some(first), Some(second)) = (self.entries.pop_front(), self.entries.front_mut()) {
            second.units += first.units;
        }
    }

    fn refund(&mut self, at: u64, units: u64) {
        let i = self.entries.partition_point(|e| e.at < at);
        if let Some(entry) = self.entries.get_mut(i).filter(|e| e.at == at) {
            let back = units.min(entry.units);
            entry.units -= back;
            self.total -= back;
        }
        // The newest entry says when all is free again, so it must not be an empty one.
        while self.entries.back().is_some_and(|e| e.units == 0) {
            self.entries.pop_back();
        }
    }
}

impl Entry {
    fn leaves(&self, window: u64) -> u64 {
        self.at.saturating_add(window)
    }
}
