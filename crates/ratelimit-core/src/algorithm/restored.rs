//! States that are read back, perhaps by another clock.
//!
//! What is relative (when a bucket had its anchor, when a log's units were taken) is moved to the new
//! clock's line. What is aligned stays where it is, as both lines begin with Unix time; unless the new line
//! is behind, because the wall clock was set back. Then it lasts as long as it would have, and on to the next
//! boundary: nothing is minted, and nobody waits for the clock to be where it was. And if the new line is ahead,
//! because the wall clock was set forward while the old one ran, what had not ended there lasts as long as it
//! would have: a restart must not give a month away.

use super::log::Log;
use super::{Algorithm, Logs, Rate, State, sliding_counter, sliding_log};

/// Well inside of any period, and further from its end than a zone's rules may move that.
const BEFORE_THE_END: u64 = 12 * 3_600 * 1_000_000_000;

/// From the line of a clock that wrote to the line of one that reads.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shift {
    /// When it was written, on the one line and on the other.
    pub(crate) from: u64,
    pub(crate) to: u64,
    /// The present, on the other line.
    pub(crate) now: u64,
}

impl Shift {
    /// The same instant on the other line; one that is before its beginning is its beginning, which
    /// forgets nothing.
    pub(crate) fn moved(&self, at: u64) -> u64 {
        match at.checked_sub(self.from) {
            Some(after) => self.to.saturating_add(after),
            None => self.to.saturating_sub(self.from - at),
        }
    }
}

impl Shift {
    /// An aligned `end`, unless it is past on the new line and would not be on the old one: then when it would
    /// have been there.
    fn not_ended_sooner(&self, end: u64, moved: u64) -> u64 {
        match end <= self.now {
            true => end.max(moved),
            false => end,
        }
    }
}

impl Rate {
    /// The log of a state that is only the number of one.
    pub(crate) fn log<'l>(&self, state: State, logs: &'l Logs) -> Option<&'l Log> {
        match self.is_kept_outside() {
            true => sliding_log::log(state, logs),
            false => None,
        }
    }

    /// A state of this rate that was written on another line. `None` if no such state was ever written.
    pub(crate) fn restored(&self, state: State, shift: &Shift) -> Option<State> {
        let word = match self.algorithm {
            Algorithm::Gcra => shift.moved(state.word),
            Algorithm::FixedWindow => self.window_end_restored(state.word, shift),
            Algorithm::Calendar => self.period_end_restored(state.word, shift),
            Algorithm::SlidingCounter => {
                return sliding_counter::restored(state, shift, &self.quota);
            }
            Algorithm::SlidingLog | Algorithm::Concurrency => return None,
        };
        Some(State { word, ..state })
    }

    fn window_end_restored(&self, end: u64, shift: &Shift) -> u64 {
        let window = self.quota.window_nanos();
        match shift.moved(end) {
            sooner if sooner < end => sooner.div_ceil(window).saturating_mul(window),
            later => shift.not_ended_sooner(end, later),
        }
    }

    fn period_end_restored(&self, end: u64, shift: &Shift) -> u64 {
        match shift.moved(end) {
            _ if end == u64::MAX => end,
            sooner if sooner < end => self.period_at(sooner.saturating_sub(1)).end,
            // The rules of the zone may be others now, and the end with them. What was used must not
            // come back between the two.
            later => {
                let end = self.period_at(end.saturating_sub(BEFORE_THE_END)).end;
                shift.not_ended_sooner(end, later)
            }
        }
    }

    /// A new log of these entries (when, and how many units), to be kept for the window `keep`.
    pub(crate) fn restored_log(
        &self,
        logs: &mut Logs,
        entries: impl Iterator<Item = (u64, u64)>,
        keep: u64,
    ) -> State {
        sliding_log::restored(logs, entries, keep.max(self.quota.window_nanos()))
    }
}

#[cfg(all(test, feature = "calendar"))]
mod tests {
    use super::*;
    use crate::Calendar;

    const HOUR: u64 = 3_600 * 1_000_000_000;

    fn same_line(now: u64) -> Shift {
        Shift {
            from: now,
            to: now,
            now,
        }
    }

    #[test]
    fn what_is_used_stays_used_when_a_zone_has_other_rules_than_it_had() {
        let now = 1_750_000_000_000_000_000;
        for calendar in [Calendar::monthly("UTC"), Calendar::daily("Europe/Berlin")] {
            let rate = Rate::of_calendar(10, calendar.unwrap());
            let end = rate.period_at(now).end;
            for was in [end - 2 * HOUR, end - 1, end, end + 1, end + 2 * HOUR] {
                let state = State {
                    word: was,
                    count: 7,
                };
                let restored = rate.restored(state, &same_line(now));
                assert_eq!(
                    restored,
                    Some(State {
                        word: end,
                        count: 7
                    })
                );
            }
        }
    }

    #[test]
    fn a_counter_that_counts_beyond_the_line_was_never_written() {
        let quota = crate::Quota::per_day(5);
        let rate = Rate::new(quota, Algorithm::SlidingCounter);
        let state = |count| State {
            word: 1 << 32,
            count,
        };
        let now = 1_750_000_000_000_000_000;
        let today = now / (24 * HOUR);
        let is_read = |count| rate.restored(state(count), &same_line(now)).is_some();
        assert!(is_read(today) && is_read(today + 1) && is_read(today - 1));
        assert!(!is_read(1 << 38));
    }
}
