//! States that are read back, perhaps by another clock.
//!
//! What is relative (when a bucket had its anchor, when a log's units were taken) is moved to the new
//! clock's line. What is aligned stays where it is: both lines begin with Unix time.

use super::log::Log;
use super::{Algorithm, Logs, Rate, State, sliding_counter, sliding_log};

/// Well inside of any period, and further from its end than a zone's rules may move that.
const BEFORE_THE_END: u64 = 12 * 3_600 * 1_000_000_000;

impl Rate {
    /// The log of a state that is only the number of one.
    pub(crate) fn log<'l>(&self, state: State, logs: &'l Logs) -> Option<&'l Log> {
        match self.is_kept_outside() {
            true => sliding_log::log(state, logs),
            false => None,
        }
    }

    /// A state of this rate that was written on another line; `moved` says where an instant of that is
    /// on this one. `None` if no such state was ever written.
    pub(crate) fn restored(
        &self,
        state: State,
        now: u64,
        moved: impl FnOnce(u64) -> u64,
    ) -> Option<State> {
        let word = match self.algorithm {
            Algorithm::Gcra => moved(state.word),
            // The rules of the zone may be others now, and the end with them. What was used must not
            // come back between the two.
            Algorithm::Calendar if state.word != u64::MAX => {
                self.period_at(state.word.saturating_sub(BEFORE_THE_END))
                    .end
            }
            Algorithm::FixedWindow | Algorithm::Calendar => state.word,
            Algorithm::SlidingCounter => {
                return sliding_counter::is_on_line(state, now, &self.quota).then_some(state);
            }
            Algorithm::SlidingLog | Algorithm::Concurrency => return None,
        };
        Some(State { word, ..state })
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
                let restored = rate.restored(state, now, |at| at);
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
        let is_read = |count| rate.restored(state(count), now, |at| at).is_some();
        assert!(is_read(today) && is_read(today + 1) && is_read(today - 1));
        assert!(!is_read(1 << 38));
    }
}
