//! How a [`Memory`] is made to measure.

use std::sync::Arc;

use super::table::Table;
use super::{Inner, Memory, WhenFull};
use crate::clock::{Clock, SharedClock};
use crate::key::KeyHasher;

/// The most states of one key that room can be made for: more, and a shard would be all spread.
const MAX_POLICIES_PER_KEY: usize = 32;

/// Makes a [`Memory`]. What keys need is taken when they come. Only the array of the shards is taken at
/// once: a tenth of a byte for each key of the capacity, and 20 kB at the least.
#[derive(Clone)]
#[must_use = "a builder does nothing until it builds"]
pub struct MemoryBuilder {
    capacity: usize,
    policies_per_key: usize,
    log_entries: Option<usize>,
    when_full: WhenFull,
    clock: Option<SharedClock>,
    pub(super) hasher: Option<KeyHasher>,
}

impl Default for MemoryBuilder {
    fn default() -> Self {
        Self {
            capacity: 1_000_000,
            policies_per_key: 1,
            log_entries: None,
            when_full: WhenFull::default(),
            clock: None,
            hasher: None,
        }
    }
}

impl MemoryBuilder {
    /// How many keys are remembered at the least; 1,000,000 unless told. A slot is 32 bytes, and a
    /// full store has some 1.15 slots for each (about 37 bytes a key). There are never fewer than 2,048
    /// slots. Where something is [reserved](Memory::reserve_key), a slot is 4 bytes more.
    pub fn capacity(mut self, keys: usize) -> Self {
        self.capacity = keys;
        self
    }

    /// How many policies a key is counted under, on average, those of all plans and endpoints that it
    /// uses together; 1 unless told, and at most 32. The store has a slot for each.
    pub fn policies_per_key(mut self, policies: usize) -> Self {
        self.policies_per_key = policies;
        self
    }

    /// How many entries sliding logs may have in all beside the oldest of each key; eight for each slot
    /// unless told. Beyond it the oldest entries of a log that grows are merged, at the later time.
    ///
    /// A log is 32 bytes with its oldest entry, beside the slot (measured: a process needs some 80 bytes
    /// for a key with one entry, all in all). An entry more is 16 bytes, with the room that a growing
    /// queue has in hand up to four times that, and the first of them brings a queue of 40 bytes.
    pub fn log_entries(mut self, entries: usize) -> Self {
        self.log_entries = Some(entries);
        self
    }

    /// What happens to a caller that cannot be remembered; it is refused unless told.
    pub fn when_full(mut self, when_full: WhenFull) -> Self {
        self.when_full = when_full;
        self
    }

    /// Another clock, such as a [`ManualClock`](crate::ManualClock).
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Some(SharedClock::other(clock));
        self
    }

    /// Another hasher, to share keys with other limiters.
    pub fn hasher(mut self, hasher: KeyHasher) -> Self {
        self.hasher = Some(hasher);
        self
    }

    /// Makes the store.
    #[must_use]
    pub fn build(self) -> Memory {
        let policies = self.policies_per_key.clamp(1, MAX_POLICIES_PER_KEY);
        let slots = self.capacity.saturating_mul(policies).clamp(1, 1 << 40);
        let logs = self.log_entries.unwrap_or(slots.saturating_mul(8));
        Memory(Arc::new(Inner {
            table: Table::new(slots, policies, logs),
            clock: self.clock.unwrap_or_else(SharedClock::std),
            hasher: self.hasher.unwrap_or_else(KeyHasher::random),
            when_full: self.when_full,
        }))
    }
}

impl std::fmt::Debug for MemoryBuilder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MemoryBuilder")
            .field("capacity", &self.capacity)
            .field("policies_per_key", &self.policies_per_key)
            .field("when_full", &self.when_full)
            .finish_non_exhaustive()
    }
}
