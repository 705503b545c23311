//! What opens and closes the gate: pauses, a pace, another plan.

use super::{Grant, Queue};
use crate::plan::Plan;
use crate::wait::foresee;
use crate::wait::gap::Gap;
use crate::wait::refusal::RefusalReason;

/// After a short pause, a slow start of this length is enough whatever the window is: of a plan for a
/// day, a pause of a second must not cost the day.
const SHORT_REOPENING: u64 = 5_000_000_000;
const LONGEST_REOPENING: u64 = 60_000_000_000;

impl Queue {
    /// Nobody goes before `until`; a pause that is longer already stays.
    pub(in crate::wait) fn pause(&mut self, until: u64, now: u64) {
        if until <= self.paused_until {
            return;
        }
        self.paused_until = until;
        self.recall(now);
        // A pilot knows better what may follow a pause.
        let steady = foresee::steady(&self.meter).filter(|_| self.pilot.is_none());
        self.reopening = steady
            .map(|(every, window)| (every, window.min(slow_start(until.saturating_sub(now)))))
            .map(|(every, length)| Gap::new(until, every, until.saturating_add(length)));
        if self.is_paused_too_long(now) {
            self.refuse_all();
        }
        // Whose deadline is before that need not wait for it.
        let late = self.line.iter_mut().filter(|t| t.deadline < until);
        self.wakers.extend(late.filter_map(|t| t.waker.take()));
        self.pump(now);
    }

    /// Whether the rest of the pause is longer than anybody waits for.
    pub(super) fn is_paused_too_long(&self, now: u64) -> bool {
        self.paused_until > now.saturating_add(self.rules.longest_pause)
    }

    fn refuse_all(&mut self) {
        while let Some(place) = self.line.last() {
            self.refuse(place, RefusalReason::Paused, Some(self.paused_until));
        }
    }

    pub(in crate::wait) fn resume(&mut self, now: u64) {
        self.paused_until = 0;
        self.reopening = None;
        self.pump(now);
    }

    /// At most one unit per `every` (none at all for [`Gap::CLOSED`]) until `until`, or no such rule.
    pub(in crate::wait) fn set_pace(&mut self, pace: Option<(u64, u64)>, now: u64) {
        self.told = 0;
        self.change_pace(pace, now);
    }

    /// The same, because the answer to this send says so.
    pub(in crate::wait) fn tell(&mut self, grant: &Grant, pace: Option<(u64, u64)>, now: u64) {
        if grant.version < self.told && self.is_laxer(pace, now) {
            return;
        }
        self.told = self.told.max(grant.version);
        self.change_pace(pace, now);
    }

    /// Whether it would let more through than the pace that is kept now.
    fn is_laxer(&self, pace: Option<(u64, u64)>, now: u64) -> bool {
        let kept = self.pace.filter(|kept| !kept.is_over(now));
        kept.is_some_and(|kept| pace < Some((kept.every, kept.until)))
    }

    fn change_pace(&mut self, pace: Option<(u64, u64)>, now: u64) {
        self.pace = pace.map(|(every, until)| {
            let from = match self.pace {
                // A pace that is corrected at each answer must not begin anew each time.
                Some(old) if !old.is_over(now) && !old.is_closed() => old.from,
                _ => now.saturating_add(every),
            };
            Gap::new(from, every, until)
        });
        self.pump(now);
    }

    pub(in crate::wait) fn set_plan(&mut self, plan: Plan, now: u64) {
        self.meter.set_plan(plan, now);
        self.version += 1;
        self.pump(now);
    }
}

/// How long the plan's steady flow is kept after a pause of this length.
fn slow_start(pause: u64) -> u64 {
    let twice = pause.saturating_mul(2);
    twice.clamp(SHORT_REOPENING, LONGEST_REOPENING)
}
