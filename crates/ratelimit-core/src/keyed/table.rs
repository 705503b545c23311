//! The shards, and how several of them are locked without a deadlock.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::shard::{self, Shard};
use crate::limiter::{MAX_SUBJECTS, Subject};

/// Fewer shards are a convoy of threads that wait for one lock.
const MIN_SHARDS: usize = 64;
/// States a shard holds on average when the table is full: with 4,096 slots a load of 0.875.
const STATES_PER_SHARD: usize = 3584;
/// No shard is smaller: a check may bring several newcomers at once.
const MIN_SLOTS: usize = 32;

#[derive(Debug)]
pub(super) struct Table {
    shards: Box<[Lines]>,
}

/// A shard in cache lines (of 64 bytes) of its own: whoever locks one takes no line from those who lock the next.
#[derive(Debug)]
#[repr(align(64))]
struct Lines(Mutex<Shard>);

/// The locked shards of a check, in ascending order, and which one each subject lives in.
pub(super) struct Locks<'t> {
    guards: [Option<MutexGuard<'t, Shard>>; MAX_SUBJECTS],
    lock_of: [usize; MAX_SUBJECTS],
}

impl Table {
    /// A table that holds at least `states`, so many of each key, and `log_entries` entries of logs.
    pub(super) fn new(states: usize, of_each: usize, log_entries: usize) -> Self {
        let count = states.div_ceil(STATES_PER_SHARD).max(MIN_SHARDS);
        let slots = slots_per_shard(states, of_each, count);
        let logs = log_entries.div_ceil(count).max(1);
        let shard = |_| Lines(Mutex::new(Shard::new(slots, logs)));
        Self {
            shards: (0..count).map(shard).collect(),
        }
    }

    #[inline]
    pub(super) fn count(&self) -> u64 {
        self.shards.len() as u64
    }

    /// Locks the one shard that a fingerprint lives in.
    pub(super) fn lock(&self, high: u64) -> MutexGuard<'_, Shard> {
        self.lock_at(shard::shard_of(high, self.shards.len()))
    }

    /// Locks the shards of all subjects, in ascending order, each once.
    #[inline]
    pub(super) fn lock_all(&self, subjects: &[Subject<'_>]) -> Locks<'_> {
        let mut locks = Locks {
            guards: [const { None }; MAX_SUBJECTS],
            lock_of: [0; MAX_SUBJECTS],
        };
        if let [one] = subjects {
            locks.guards[0] = Some(self.lock(one.key.high));
            return locks;
        }
        let mut order = [usize::MAX; MAX_SUBJECTS];
        for (i, subject) in subjects.iter().enumerate() {
            order[i] = shard::shard_of(subject.key.high, self.shards.len());
        }
        let shard_of = order;
        order.sort_unstable();
        let mut held = 0;
        for (i, &shard) in order[..subjects.len()].iter().enumerate() {
            if i > 0 && shard == order[i - 1] {
                continue;
            }
            locks.guards[held] = Some(self.lock_at(shard));
            for (lock, _) in (locks.lock_of.iter_mut().zip(shard_of)).filter(|(_, s)| *s == shard) {
                *lock = held;
            }
            held += 1;
        }
        locks
    }

    /// Each shard in turn, one lock at a time.
    pub(super) fn each(&self) -> impl Iterator<Item = MutexGuard<'_, Shard>> {
        (0..self.shards.len()).map(|at| self.lock_at(at))
    }

    #[inline]
    fn lock_at(&self, at: usize) -> MutexGuard<'_, Shard> {
        // Every slot is written whole, after all checks: a panic leaves nothing half done.
        let Lines(shard) = &self.shards[at];
        shard.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Locks<'_> {
    /// The number of the lock that a subject's shard is under.
    #[inline]
    pub(super) fn of(&self, subject: usize) -> usize {
        self.lock_of[subject]
    }

    #[inline]
    pub(super) fn shard(&mut self, lock: usize) -> &mut Shard {
        // `lock_all` locked a shard for every subject.
        self.guards[lock].as_mut().expect("a locked shard")
    }
}

/// Keys spread as in Poisson's law: room for four standard deviations above the mean, and one slot
/// in 32 that stays unused. Several states of each key come together, and spread wider.
fn slots_per_shard(states: usize, of_each: usize, shards: usize) -> usize {
    let mean = states.div_ceil(shards);
    let spread = 4 * (mean * of_each).isqrt() + 4 * of_each;
    let by_load = mean * 8 / 7;
    let by_spread = (mean + spread) * 32 / 31 + 1;
    by_load.max(by_spread).max(MIN_SLOTS)
}
