//! What is used, written down and read back, so that a restart gives no month away.
//!
//! A snapshot holds every state of a rate that is in use. Permits of caps are not in it (nobody holds
//! them after a restart), and what is reserved counts as taken. Each shard is taken at one instant, the
//! whole store is not: a check of several keys may stand in it for one of them alone. Nothing is written
//! under a lock, so a slow disk keeps nobody waiting.
//!
//! Who reads one never has half of it: whatever is cut off, changed or of a newer version is an error, and
//! no store. Numbers in it are not believed: nothing is allocated for what is not there.
//!
//! Dangers.
//! - A snapshot holds the secret of the fingerprints, because no key would be known again without it.
//!   Whoever reads it can test guesses of keys. No key stands in it in the clear; keep it private all
//!   the same.
//! - What was spent after it was written is not in it.
//! - How long nothing ran, only the wall clock can say. One that was set back counts as no time at all,
//!   and what is aligned to it ends a window later than it would have, at most; one that was set forward
//!   fills buckets.

mod error;
mod gather;
mod put;
mod record;
mod sealed;
#[cfg(test)]
mod tests;
mod unsealed;

pub use error::SnapshotError;

use std::io::{self, Read, Write};

use super::{Memory, MemoryBuilder};
use crate::key::KeyHasher;
use crate::time::nanos;
use gather::Gathered;
use put::Restored;
use record::{Head, Record};
use sealed::Sealed;
use unsealed::Unsealed;

/// What a snapshot begins with.
const MAGIC: [u8; 8] = *b"RLMEMORY";
const VERSION: u32 = 1;
/// The most bytes under one seal.
const FRAME: usize = 1 << 16;

impl Memory {
    /// Writes down what is used, for [`MemoryBuilder::restore`], and says how many states that were. Each
    /// takes 37 bytes, and a sliding log 16 for each of its entries besides.
    ///
    /// Shard by shard: a shard is copied under its lock and written without it, so callers wait for a copy
    /// of some thousand slots and for no disk. The whole is not of one instant. What is taken while it is
    /// written is in it or not.
    ///
    /// ```
    /// use ratelimit_core::{Memory, Plan, Quota};
    ///
    /// let (limiter, plan) = (Memory::new(), Plan::from(Quota::per_day(100)));
    /// assert!(limiter.check_key("alice", &plan, 70).is_allowed());
    /// let mut file = Vec::new();
    /// limiter.write_snapshot(&mut file)?;
    ///
    /// let limiter = Memory::builder().restore(&mut file.as_slice())?;
    /// assert_eq!(limiter.peek_key("alice", &plan, 1).remaining(), 30);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// Danger: the snapshot holds the secret of the keys' fingerprints. Whoever reads it can test guesses
    /// of keys: keep it as private as a list of the callers would be.
    ///
    /// # Errors
    /// Those of `to`. What was written until then is no snapshot, and is refused as one that was cut off:
    /// write to a new file, and rename it when this has succeeded.
    pub fn write_snapshot(&self, to: &mut dyn Write) -> io::Result<u64> {
        let now = self.0.clock.now();
        let head = Head {
            secret: self.0.hasher.secret(),
            line: now.as_nanos(),
            unix: nanos(self.0.clock.unix(now)),
        };
        let mut sealed = Sealed::begin(to)?;
        let mut gathered = Gathered::new(&head);
        for shard in self.0.table.each() {
            gathered.gather(&shard);
            // Unlocked before anything is written.
            drop(shard);
            sealed.write_whole_frames(&mut gathered.bytes)?;
        }
        let states = gathered.end();
        sealed.end(&gathered.bytes)?;
        Ok(states)
    }
}

impl MemoryBuilder {
    /// Makes a store of what a [snapshot](Memory::write_snapshot) holds, with the sizes and the clock of this
    /// builder and the secret of the snapshot. Reads to the end.
    ///
    /// The time since the snapshot counts: buckets fill and windows end as if the store had been there.
    /// How long that was, the wall clock says ([`Clock::unix`](crate::Clock::unix)); if it was set back, it
    /// was no time. What does not fit into a smaller store is forgotten by the usual rules, and
    /// [`Stats`](crate::Stats) say how much.
    ///
    /// # Errors
    /// If it is not a whole snapshot that this version can read, for the reason that the error names; if
    /// a calendar in it cannot be made here; or if this builder was given a
    /// [hasher](Self::hasher) of another secret. There is no store then.
    pub fn restore(mut self, from: &mut dyn Read) -> Result<Memory, SnapshotError> {
        let mut unsealed = Unsealed::begin(from)?;
        let head = Head::read(&mut unsealed)?;
        let is_other = |hasher: &KeyHasher| hasher.secret() != head.secret;
        if self.hasher.as_ref().is_some_and(is_other) {
            return Err(SnapshotError::OtherSecret);
        }
        self.hasher = Some(KeyHasher::with_secret(&head.secret));
        let memory = self.build();
        let mut restored = Restored::new(&memory, &head);
        loop {
            match Record::read(&mut unsealed)? {
                Record::Rate(rate) => restored.rate(rate),
                Record::State(state) => restored.state(&state)?,
                Record::Log(log) => restored.log(&log, &mut unsealed)?,
                Record::End { states } if states == restored.states() => break,
                Record::End { .. } => return Err(SnapshotError::Corrupt),
            }
        }
        unsealed.end()?;
        Ok(memory)
    }
}
