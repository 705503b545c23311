//! Everything that is counted.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ratelimit_tower::observe::Usage;
use tokio::time::Instant;

use super::recent::Recent;
use crate::fetch::outcome::{End, Outcome, Verdict};

pub(super) const MINUTE: Duration = Duration::from_secs(60);
/// Over several minutes: a limit by the minute lets through all at once, and then nothing for long.
pub(super) const LATELY: Duration = Duration::from_secs(5 * 60);

/// Counts what happens.
#[derive(Debug)]
pub(in crate::fetch) struct Tally {
    began: Instant,
    counts: Mutex<Counts>,
    /// What the throttle tells.
    usage: Usage,
}

#[derive(Debug)]
pub(super) struct Counts {
    /// Items that were read so far.
    read: u64,
    /// Items that an earlier run has done; they are no part of any other number.
    pub(super) done_before: u64,
    /// Results of an earlier run that are of no item.
    pub(super) strange: u64,
    /// How many there are, once that is known.
    pub(super) total: Option<u64>,
    pub(super) started: u64,
    pub(super) verdicts: BTreeMap<Verdict, u64>,
    pub(super) sent: u64,
    pub(super) on_wire: u64,
    pub(super) redirects: u64,
    pub(super) retries: u64,
    pub(super) sends: Recent,
    pub(super) ends: Recent,
    /// The longest time that the tightest limit was seen to need until there is more: about its window.
    pub(super) longest_reset: Duration,
    /// Why something has no answer, of the first item without one: the line, and the error.
    pub(super) first_error: Option<(u64, String)>,
}

impl Tally {
    pub(in crate::fetch) fn new() -> Self {
        Self {
            began: Instant::now(),
            counts: Mutex::new(Counts::new()),
            usage: Usage::new(),
        }
    }

    /// What is to hear of requests, refusals and limits.
    pub(in crate::fetch) fn usage(&self) -> &Usage {
        &self.usage
    }

    /// A line was read, and whether it is an item.
    pub(in crate::fetch) fn read(&self, is_item: bool) {
        self.counts().read += u64::from(is_item);
    }

    /// An item was read that an earlier run has done.
    pub(in crate::fetch) fn done_before(&self) {
        self.counts().done_before += 1;
    }

    /// There is nothing more to read, and so many results of an earlier run were of none of it.
    pub(in crate::fetch) fn all_read(&self, strange: u64) {
        let mut counts = self.counts();
        counts.total = Some(counts.read);
        counts.strange = strange;
    }

    /// So many items will have been read in the end.
    pub(in crate::fetch) fn counted(&self, items: u64) {
        self.counts().total.get_or_insert(items);
    }

    pub(in crate::fetch) fn started(&self) {
        self.counts().started += 1;
    }

    pub(in crate::fetch) fn sent(&self) {
        let elapsed = self.began.elapsed();
        let mut counts = self.counts();
        counts.sent += 1;
        counts.sends.add(elapsed);
    }

    /// One more is on the wire, or one less.
    pub(in crate::fetch) fn on_wire(&self, more: bool) {
        let mut counts = self.counts();
        counts.on_wire = match more {
            true => counts.on_wire + 1,
            false => counts.on_wire.saturating_sub(1),
        };
    }

    pub(in crate::fetch) fn redirected(&self) {
        self.counts().redirects += 1;
    }

    pub(in crate::fetch) fn ended(&self, outcome: &Outcome) {
        let elapsed = self.began.elapsed();
        let mut counts = self.counts();
        *counts.verdicts.entry(outcome.verdict()).or_default() += 1;
        if let End::Error(why) = &outcome.end {
            let error = || (outcome.line, why.clone());
            counts.first_error.get_or_insert_with(error);
        }
        counts.retries += u64::from(outcome.tries.saturating_sub(1));
        counts.ends.add(elapsed);
    }

    /// Whether each item was answered, and well.
    pub(in crate::fetch) fn all_is_well(&self) -> bool {
        self.counts()
            .verdicts
            .keys()
            .all(|verdict| *verdict == Verdict::Ok)
    }

    /// How many items there are, as far as is known, and whether these are all.
    pub(in crate::fetch) fn items(&self) -> (u64, bool) {
        let counts = self.counts();
        counts
            .total
            .map_or((counts.read, false), |total| (total, true))
    }

    /// How many items were not waited for.
    pub(in crate::fetch) fn cancelled(&self) -> u64 {
        let counts = self.counts();
        counts
            .verdicts
            .get(&Verdict::Cancelled)
            .copied()
            .unwrap_or(0)
    }

    pub(super) fn elapsed(&self) -> Duration {
        self.began.elapsed()
    }

    pub(super) fn counts(&self) -> MutexGuard<'_, Counts> {
        // Numbers for people: at worst one of them is off.
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Counts {
    fn new() -> Self {
        Self {
            read: 0,
            done_before: 0,
            strange: 0,
            total: None,
            started: 0,
            verdicts: BTreeMap::new(),
            sent: 0,
            on_wire: 0,
            redirects: 0,
            retries: 0,
            sends: Recent::new(MINUTE),
            ends: Recent::new(LATELY),
            longest_reset: Duration::ZERO,
            first_error: None,
        }
    }
}
