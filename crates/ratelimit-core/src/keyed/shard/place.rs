//! Where a newcomer goes when there is no empty place: which state is worth least.

use super::probe::{index, next};
use super::{Place, Shard};
use crate::algorithm::{Fit, Logs, Rate, State};

/// How many slots of a probe are looked at for one that may be overwritten.
const CANDIDATES: usize = 32;
/// A state of which no more is used is overwritten without looking further; in 2⁻²⁰.
const LITTLE_USED: u64 = (1 << 20) / 16;

impl Shard {
    /// A place for a newcomer whose probe ends at `end`, that is not one of `chosen`.
    ///
    /// Every slot that this check found or gave away must be among `chosen`: a newcomer that took the
    /// place of its sibling would be overwritten by it, and never be counted.
    pub(in crate::keyed) fn place(
        &self,
        home: u64,
        end: usize,
        now: u64,
        chosen: &(impl Iterator<Item = Place> + Clone),
    ) -> Place {
        let len = self.slots.len();
        if len == 0 {
            return Place::Full(None);
        }
        let (end, is_free) = self.open_end(end, chosen);
        let mut best = Best::default();
        let mut at = index(home, len);
        for _ in 0..CANDIDATES {
            if at == end {
                break;
            }
            if !chosen.clone().any(|p| p.has(at)) && self.weigh(at, now, &mut best) {
                return Place::Reused(at);
            }
            at = next(at, len);
        }
        let pending = chosen.clone().filter(|p| matches!(p, Place::Free(_)));
        if is_free && self.used + pending.count() < self.most_used() {
            return Place::Free(end);
        }
        match best.victim {
            Some((at, part)) if part <= LITTLE_USED || !is_free => Place::Evicted(at),
            None if !is_free => Place::Full(best.opens),
            _ => self.exchange(home, end, now, best, chosen),
        }
    }

    /// No slot of the probe should go: few are in it, or all are used much. Then its end, which was
    /// never used, is used, and the last slot before some other end becomes never used instead. No
    /// probe leads past that one.
    #[cold]
    fn exchange(
        &self,
        home: u64,
        end: usize,
        now: u64,
        mut best: Best,
        chosen: &(impl Iterator<Item = Place> + Clone),
    ) -> Place {
        let len = self.slots.len();
        let start = index(home, len);
        let on_probe = best.victim;
        let mut ends = 0;
        let mut last = end;
        while ends < CANDIDATES {
            last = next(last, len);
            let after = next(last, len);
            // All the way round: what stands before the end is part of the probe, if that is not empty.
            if last == end || after == end && start != end {
                break;
            }
            let is_last = self.slots[after].is_never_used() && !self.slots[last].is_never_used();
            if !is_last || chosen.clone().any(|p| p.has(last) || p.has(after)) {
                continue;
            }
            ends += 1;
            if self.weigh(last, now, &mut best) {
                return Place::Exchanged {
                    to: end,
                    from: last,
                    evicts: false,
                };
            }
        }
        match best.victim {
            Some((at, _)) if best.victim == on_probe => Place::Evicted(at),
            Some((from, _)) => Place::Exchanged {
                to: end,
                from,
                evicts: true,
            },
            None => Place::Full(best.opens),
        }
    }

    /// Weighs the candidate at `at`, and says whether it is worth nothing.
    fn weigh(&self, at: usize, now: u64, best: &mut Best) -> bool {
        let (rate, state) = self.read(at);
        match worth(&rate, state, &self.logs, now) {
            Worth::Nothing => return true,
            Worth::Part(part) if best.victim.is_none_or(|(_, least)| part < least) => {
                best.victim = Some((at, part));
            }
            Worth::All(Some(until)) if best.opens.is_none_or(|(_, first)| until < first) => {
                best.opens = Some((at, until));
            }
            Worth::Part(_) | Worth::All(_) => {}
        }
        false
    }

    /// Where a probe that leads to `at` ends once all that is `chosen` is stored, and whether that
    /// slot can be used: one that is about to become never used cannot.
    pub(super) fn open_end(
        &self,
        mut at: usize,
        chosen: &(impl Iterator<Item = Place> + Clone),
    ) -> (usize, bool) {
        loop {
            let vacated = |p| matches!(p, Place::Exchanged { from, .. } if from == at);
            if chosen.clone().any(vacated) {
                return (at, false);
            }
            if self.slots[at].is_never_used() && !chosen.clone().any(|p| p.is_promised(at)) {
                return (at, true);
            }
            at = next(at, self.slots.len());
        }
    }
}

impl Place {
    /// Whether this slot is spoken for.
    fn has(self, slot: usize) -> bool {
        match self {
            Self::Known(at) | Self::Free(at) | Self::Reused(at) | Self::Evicted(at) => at == slot,
            Self::Exchanged { to, from, .. } => to == slot || from == slot,
            Self::Full(opens) => opens.is_some_and(|(at, _)| at == slot),
            Self::Missing(_) => false,
        }
    }

    /// Whether this slot, which was never used, is about to be.
    fn is_promised(self, slot: usize) -> bool {
        match self {
            Self::Free(at) | Self::Exchanged { to: at, .. } => at == slot,
            _ => false,
        }
    }
}

/// The best of the candidates that were weighed so far.
#[derive(Clone, Copy, Default)]
struct Best {
    /// Which has the smallest part used, and how much that is.
    victim: Option<(usize, u64)>,
    /// Of those that are used up, which will not be first, and when.
    opens: Option<(usize, u64)>,
}

/// What a slot's state is worth keeping for.
enum Worth {
    Nothing,
    /// The fraction that is used, in 2⁻²⁰.
    Part(u64),
    /// It refuses. Until when, if that can be known.
    All(Option<u64>),
}

/// The used *fraction* decides, not the time until everything is free again: by time, a fresh daily
/// key would outlive an exhausted minute key, and a flood of the former would buy back the latter.
fn worth(rate: &Rate, state: State, logs: &Logs, now: u64) -> Worth {
    if rate.is_idle(state, logs, now) {
        return Worth::Nothing;
    }
    if rate.is_concurrency() {
        // A permit that is in flight is a fact, not a history.
        return Worth::All(None);
    }
    let state = rate.advance(state, now);
    match rate.fit(state, logs, now, 1) {
        Fit::At(at) => Worth::All(Some(at)),
        Fit::Held | Fit::Never => Worth::All(None),
        Fit::Now => Worth::Part((rate.used(state, logs, now) << 20) / rate.capacity()),
    }
}
