//! What a log surely still admits, and when it will have forgotten enough.

use super::{GOES_ON, Log};
use crate::adapt::model::Ask;
use crate::adapt::model::trend::Trend;
use crate::adapt::sight::{secs, to_nanos};

/// What others have does not fall by more than this part of the limit from one answer to the next. While a burst of one's
/// own is forgotten, nobody knows how much of it still is there, and all of it may seem to be theirs.
const AT_ONCE: f64 = 0.1;

impl Log {
    /// What others have in the window.
    fn foreign(&self, ask: &Ask<'_>) -> f64 {
        match ask.shared {
            true => self.most[1].max(self.most[0].min(self.most[1] + AT_ONCE * ask.limit)),
            false => self.lately,
        }
    }

    pub(in crate::adapt) fn bound(&self, ask: &Ask<'_>) -> f64 {
        let forgotten = self.forgotten_by(ask.now);
        let account = self.account(ask, ask.ledger.net());
        let others = match account.share > 0.0 {
            true => self.others_by(forgotten),
            false => 0.0,
        };
        account.bound(ask.now, ask.ledger.admitted_by(forgotten), others)
    }

    /// What was sent by then is forgotten now.
    fn forgotten_by(&self, now: u64) -> u64 {
        now.saturating_sub(to_nanos(self.window()))
    }

    fn account(&self, ask: &Ask<'_>, net: f64) -> Account {
        let is_known = ask.shared && self.last > 0;
        Account {
            limit: ask.limit,
            net,
            foreign: self.foreign(ask),
            share: if is_known { ask.share } else { 0.0 },
            trend: match is_known {
                true => self.trend,
                false => Trend::default(),
            },
            last: self.last,
            told: match is_known {
                true => self.others_by(self.forgotten_by(self.last)),
                false => 0.0,
            },
        }
    }

    /// When the bound will be `need`, by what is forgotten until then.
    pub(in crate::adapt) fn better_at(&self, ask: &Ask<'_>, need: f64) -> Option<u64> {
        let window = to_nanos(self.window());
        let from = ask.now.saturating_sub(window);
        let account = self.account(ask, ask.ledger.net());
        let (mut own, owns) = ask.ledger.admitted_from(from);
        let mut owns = owns.peekable();
        let n = self.others.partition_point(|entry| entry.0 <= from);
        let mut strange = n.checked_sub(1).map_or(0.0, |i| self.others[i].1);
        let shown = if ask.shared { n } else { self.others.len() };
        let mut others = self.others.range(shown..).copied().peekable();
        loop {
            // Whichever is forgotten next.
            let is_own = match (owns.peek(), others.peek()) {
                (Some(own), Some(other)) => own.0 <= other.0,
                (own, _) => own.is_some(),
            };
            let at = if is_own {
                let (at, total) = owns.next()?;
                own = total;
                at
            } else {
                let (at, total) = others.next()?;
                strange = total;
                at
            };
            let at = at.saturating_add(window);
            if account.bound(at, own, strange) >= need {
                return Some(at);
            }
        }
    }
}

/// Of a log's bound, what does not change while nothing is sent or answered.
#[derive(Clone, Copy, Debug)]
struct Account {
    limit: f64,
    /// All that is own.
    net: f64,
    /// What others have in the window.
    foreign: f64,
    /// Our share of what others' requests leave free as they are forgotten; 0 if they are not known.
    share: f64,
    /// Of what others sent, what an answer told to be forgotten.
    told: f64,
    /// How fast what others use grew when the last answer came.
    trend: Trend,
    last: u64,
}

impl Account {
    /// The bound at that instant, when so much of what is own and of what others sent is forgotten.
    fn bound(&self, at: u64, own: f64, others: f64) -> f64 {
        // Of what no answer told yet, our share is credited.
        let credit = self.share * (others - self.told).max(0.0);
        let since = secs(at.saturating_sub(self.last)).min(GOES_ON);
        let more = self.trend.goes_on(since).min(AT_ONCE * self.limit);
        self.limit - (self.net - own) - self.foreign - more + credit
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::adapt::ledger::Ledger;

    #[test]
    fn what_seemed_to_be_others_while_a_burst_was_forgotten_bounds_little() {
        let log = Log {
            most: [57.0, 3.0],
            last: 1,
            ..Log::default()
        };
        let ledger = Ledger::new();
        let ask = Ask {
            ledger: &ledger,
            now: 2,
            limit: 60.0,
            shared: true,
            share: 1.0,
        };
        assert!((log.foreign(&ask) - 9.0).abs() < 1e-9);
        // A step as others make it counts as ever.
        let log = Log {
            most: [6.0, 3.0],
            ..log
        };
        assert!((log.foreign(&ask) - 6.0).abs() < 1e-9);
    }

    #[test]
    fn others_who_use_more_and_more_are_taken_to_go_on_for_a_while() {
        let second = 1_000_000_000;
        let mut log = Log {
            most: [30.0, 30.0],
            last: second,
            ..Log::default()
        };
        for i in 0..100 {
            log.trend.learn(1.5 * f64::from(i), 0.5, 2.0);
        }
        let ledger = Ledger::new();
        let at = |now: u64, shared: bool| {
            let (ledger, limit, share) = (&ledger, 60.0, 1.0);
            log.bound(&Ask {
                ledger,
                now,
                limit,
                shared,
                share,
            })
        };
        let after = [1, 2, 3, 4].map(|seconds| at(seconds * second, true));
        for (bound, expected) in after.iter().zip([30.0, 27.0, 24.0, 24.0]) {
            assert!((bound - expected).abs() < 0.1, "{after:?}");
        }
        // Alone, nobody does.
        assert_eq!(at(2 * second, false), 60.0);
    }

    #[test]
    fn what_others_have_of_another_limit_is_no_burst() {
        let mut log = Log::default();
        log.trend.learn(10.0, 0.5, 2.0);
        log.void();
        log.trend.learn(110.0, 0.5, 2.0);
        assert_eq!(log.trend.goes_on(1.0), 0.0);
    }
}
