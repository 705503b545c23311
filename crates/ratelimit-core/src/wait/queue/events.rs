//! What opens and closes the gate: pauses, a pace, another plan.

use super::Queue;
use crate::plan::Plan;
use crate::wait::foresee;
use crate::wait::gap::Gap;

impl Queue {
    /// Nobody goes before `until`; a pause that is longer already stays.
    pub(in crate::wait) fn pause(&mut self, until: u64, now: u64) {
        if until <= self.paused_until {
            return;
        }
        self.paused_until = until;
        self.reopening = foresee::steady(&self.meter)
            .map(|(every, window)| Gap::new(until, every, until.saturating_add(window)));
        // Whose deadline is before that need not wait for it.
        let late = self.line.iter_mut().filter(|t| t.deadline < until);
        self.wakers.extend(late.filter_map(|t| t.waker.take()));
        self.pump(now);
    }

    pub(in crate::wait) fn resume(&mut self, now: u64) {
        self.paused_until = 0;
        self.reopening = None;
        self.pump(now);
    }

    /// At most one unit per `every` (none at all for [`Gap::CLOSED`]) until `until`, or no such rule.
    pub(in crate::wait) fn set_pace(&mut self, pace: Option<(u64, u64)>, now: u64) {
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
