//! Where sliding logs are kept: a slab of logs beside the states, in one budget.
//!
//! A log holds an entry for each check that was admitted and is still in its window, so it costs
//! memory only for what was really sent. The oldest entry is in the log itself; those after it are in
//! a queue, and count against the budget of the slab. When that is used up, the two oldest entries of
//! a log that wants to grow become one, at the later time. Then that key is refused for a little
//! longer than it need be, and is never admitted too early. So the slab holds no more than its budget
//! and one entry a log.

use std::collections::VecDeque;
use std::iter;

/// A queue with room for so many entries is never made smaller.
const KEPT_CAPACITY: usize = 8;

/// Logs of one shard.
#[derive(Debug)]
pub(crate) struct Logs {
    logs: Vec<Log>,
    free: Vec<u32>,
    /// Entries of all queues.
    queued: usize,
    budget: usize,
    /// The log that is looked at next for entries that are out of its window.
    hand: usize,
}

/// When units were taken, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Log {
    /// Of no units if the log is empty.
    oldest: Entry,
    /// The longest window that the entries may still be asked about, in nanoseconds.
    keep: u64,
    /// Never empty.
    rest: Option<Box<Queue>>,
}

#[derive(Debug, Default)]
struct Queue {
    entries: VecDeque<Entry>,
    units: u64,
}

#[derive(Clone, Copy, Debug, Default)]
struct Entry {
    at: u64,
    units: u64,
}

impl Logs {
    /// For states that have none.
    pub(crate) const EMPTY: Self = Self::new(0);

    /// A slab whose logs hold `budget` entries in all, beside the oldest of each.
    pub(crate) const fn new(budget: usize) -> Self {
        Self {
            logs: Vec::new(),
            free: Vec::new(),
            queued: 0,
            budget,
            hand: 0,
        }
    }

    pub(crate) fn get(&self, id: usize) -> Option<&Log> {
        self.logs.get(id)
    }

    /// An empty log for a key that has none.
    pub(crate) fn add(&mut self) -> usize {
        if let Some(id) = self.free.pop() {
            return id as usize;
        }
        if self.logs.len() == self.logs.capacity() {
            // By an eighth: twice as much room would be the larger part of what a log costs.
            self.logs.reserve_exact(self.logs.len() / 8 + 4);
        }
        self.logs.push(Log::default());
        self.logs.len() - 1
    }

    /// Gives a log back, with what it holds.
    pub(crate) fn remove(&mut self, id: usize) {
        self.change(id, |log| *log = Log::default());
        if let (Ok(number), true) = (u32::try_from(id), id < self.logs.len()) {
            self.free.push(number);
        }
    }

    /// Appends `units` at `now`; the log is to be kept for `window`.
    pub(crate) fn push(&mut self, id: usize, now: u64, units: u64, window: u64) {
        self.trim(id, now);
        self.sweep_one(now);
        let before = self.queued;
        self.change(id, |log| log.push(now, units, window));
        if self.queued > before.max(self.budget) {
            self.change(id, Log::merge_oldest);
        }
    }

    /// Takes back up to `units` of what was taken at exactly `at`.
    pub(crate) fn refund(&mut self, id: usize, at: u64, units: u64) {
        self.change(id, |log| log.refund(at, units));
    }

    /// Bytes of all logs, as far as they are known: what the allocator adds is not.
    pub(crate) fn bytes(&self) -> usize {
        let queues = self.logs.iter().filter_map(|log| log.rest.as_ref());
        let entries: usize = queues.clone().map(|q| q.entries.capacity()).sum();
        self.logs.capacity() * size_of::<Log>()
            + self.free.capacity() * size_of::<u32>()
            + queues.count() * size_of::<Queue>()
            + entries * size_of::<Entry>()
    }

    fn trim(&mut self, id: usize, now: u64) {
        self.change(id, |log| log.trim(now));
    }

    /// One log a push, in turn: memory of keys that fell silent comes back without a sweep of all.
    fn sweep_one(&mut self, now: u64) {
        if !self.logs.is_empty() {
            self.hand = (self.hand + 1) % self.logs.len();
            self.trim(self.hand, now);
        }
    }

    /// Changes a log, and keeps count of the entries.
    fn change(&mut self, id: usize, change: impl FnOnce(&mut Log)) {
        if let Some(log) = self.logs.get_mut(id) {
            self.queued -= log.queued();
            change(log);
            self.queued += log.queued();
        }
    }
}

impl Log {
    /// The longest window that it may still be asked about, in nanoseconds.
    pub(crate) fn keep(&self) -> u64 {
        self.keep
    }

    /// When units were taken, and how many, oldest first.
    pub(crate) fn units_by_time(&self) -> impl Iterator<Item = (u64, u64)> + Clone {
        let entries = self.entries().filter(|e| e.units > 0);
        entries.map(|e| (e.at, e.units))
    }

    /// Units taken within the last `window` before `now`.
    pub(crate) fn used(&self, now: u64, window: u64) -> u64 {
        // Entries leave from the front; with the window that the log is kept for, few have left
        // that were not trimmed yet.
        let left = self.entries().take_while(|e| e.leaves(window) <= now);
        self.total() - left.map(|e| e.units).sum::<u64>()
    }

    /// The first instant at which at most `level` units are in the window, if no more are taken.
    pub(crate) fn when_at_most(&self, level: u64, window: u64) -> u64 {
        let mut used = self.total();
        for entry in self.entries() {
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
        self.newest().map_or(0, |e| e.leaves(window))
    }

    /// Whether all entries have left the longest window that they may still be asked about.
    pub(crate) fn is_empty_at(&self, now: u64, window: u64) -> bool {
        self.empty_at(window.max(self.keep)) <= now
    }

    fn is_empty(&self) -> bool {
        self.oldest.units == 0
    }

    fn total(&self) -> u64 {
        self.oldest.units + self.rest.as_ref().map_or(0, |rest| rest.units)
    }

    fn queued(&self) -> usize {
        self.rest.as_ref().map_or(0, |rest| rest.entries.len())
    }

    fn entries(&self) -> impl Iterator<Item = &Entry> + Clone {
        let rest = self.rest.iter().flat_map(|rest| &rest.entries);
        iter::once(&self.oldest).chain(rest)
    }

    fn newest(&self) -> Option<&Entry> {
        match &self.rest {
            Some(rest) => rest.entries.back(),
            None => Some(&self.oldest).filter(|_| !self.is_empty()),
        }
    }

    fn push(&mut self, now: u64, units: u64, window: u64) {
        let entry = Entry { at: now, units };
        if self.is_empty() {
            self.keep = window;
            self.oldest = entry;
            return;
        }
        self.keep = self.keep.max(window);
        match &mut self.rest {
            Some(rest) => rest.push(entry),
            None if self.oldest.at >= now => self.oldest.units += units,
            None => self.rest = Some(Box::new(Queue::of(entry))),
        }
    }

    fn trim(&mut self, now: u64) {
        while !self.is_empty() && self.oldest.leaves(self.keep) <= now {
            self.oldest = self.pop_next();
        }
        if let Some(rest) = &mut self.rest {
            rest.shrink();
        }
    }

    fn merge_oldest(&mut self) {
        let units = self.oldest.units;
        if self.rest.is_some() {
            self.oldest = self.pop_next();
            self.oldest.units += units;
        }
    }

    /// Takes the oldest entry of units out of the queue; one of none if there is none.
    fn pop_next(&mut self) -> Entry {
        let Some(rest) = &mut self.rest else {
            return Entry::default();
        };
        // The last entry is never one of no units.
        let next = iter::from_fn(|| rest.entries.pop_front()).find(|e| e.units > 0);
        let next = next.unwrap_or_default();
        rest.units -= next.units;
        self.drop_empty();
        next
    }

    fn refund(&mut self, at: u64, units: u64) {
        if self.oldest.at == at {
            self.oldest.units -= units.min(self.oldest.units);
        } else if let Some(rest) = &mut self.rest {
            rest.refund(at, units);
            self.drop_empty();
        }
        if self.is_empty() {
            self.oldest = self.pop_next();
        }
    }

    fn drop_empty(&mut self) {
        self.rest.take_if(|rest| rest.entries.is_empty());
    }
}

impl Queue {
    fn of(entry: Entry) -> Self {
        // Room for this one alone: many logs never hold more.
        let mut entries = VecDeque::with_capacity(1);
        entries.push_back(entry);
        Self {
            entries,
            units: entry.units,
        }
    }

    fn push(&mut self, entry: Entry) {
        self.units += entry.units;
        match self.entries.back_mut() {
            // Also when the clock stepped back: then the units count from the later time.
            Some(last) if last.at >= entry.at => last.units += entry.units,
            _ => self.entries.push_back(entry),
        }
    }

    fn refund(&mut self, at: u64, units: u64) {
        let i = self.entries.partition_point(|e| e.at < at);
        if let Some(entry) = self.entries.get_mut(i).filter(|e| e.at == at) {
            let back = units.min(entry.units);
            entry.units -= back;
            self.units -= back;
        }
        // The newest entry says when all is free again, so it must not be an empty one.
        while self.entries.back().is_some_and(|e| e.units == 0) {
            self.entries.pop_back();
        }
    }

    /// Gives back room that was needed for far more entries than there are.
    fn shrink(&mut self) {
        let len = self.entries.len();
        if self.entries.capacity() > KEPT_CAPACITY.max(len * 4) {
            self.entries.shrink_to(len * 2);
        }
    }
}

impl Entry {
    fn leaves(&self, window: u64) -> u64 {
        self.at.saturating_add(window)
    }
}
