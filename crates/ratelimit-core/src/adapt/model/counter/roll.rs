//! A window is followed by another, as the resets show.

use super::{Counter, Window};
use crate::adapt::ledger::Ledger;
use crate::adapt::model::Refuted;
use crate::adapt::model::fixed::{follow, period};
use crate::adapt::offset::signed;
use crate::adapt::sight::{Edge, Sight, UNKNOWN_WINDOW, secs, to_nanos};

impl Counter {
    pub(super) fn enter(
        &mut self,
        edge: Edge,
        sight: &Sight,
        ledger: &Ledger,
    ) -> Result<(), Refuted> {
        let Some(window) = self.current else {
            self.open(edge, sight, ledger);
            return Ok(());
        };
        let apart = window.edge.until(&edge);
        if apart <= 0.0 {
            return Ok(());
        }
        // The window has not ended, so there cannot be another.
        let (end, _) = self.end(&window);
        if window.edge.known && signed(sight.now) < end {
            return Err(Refuted);
        }
        let least = match self.stated {
            Some(window) => secs(window) - 1.2,
            None if sight.is_guess() => 0.5 * UNKNOWN_WINDOW,
            None => 0.5 * self.longest - 2.0,
        };
        if window.edge.until_at_most(&edge) < least {
            return Err(Refuted);
        }
        self.check_period(apart, edge.label.is_some())?;
        self.period = Some(period(apart, self.window(), self.period));
        let next = apart < 1.5 * self.window();
        self.previous = if next { window.own } else { 0.0 };
        self.doubtful = window.doubtful + self.hidden;
        self.unseen = [0.0, self.unseen[0]];
        let later = signed(to_nanos(self.later()));
        let seen = next.then(|| (signed(window.asked) + later, signed(sight.now) + later));
        // Where only delays are stated they are off by a second; windows are not.
        let apart = match edge.label {
            Some(_) => apart,
            None => (apart / self.window()).round().max(1.0) * self.window(),
        };
        let edge = follow(&window.edge, seen, edge, apart);
        self.open(edge, sight, ledger);
        Ok(())
    }

    /// Its windows have one length, and labelled edges lie whole windows apart, to the second.
    pub(super) fn check_period(&self, apart: f64, labelled: bool) -> Result<(), Refuted> {
        let Some(period) = self.stated.map(secs).or(self.period) else {
            return Ok(());
        };
        let off = (apart / period - (apart / period).round()).abs() * period;
        if labelled && off > 0.01 {
            Err(Refuted)
        } else {
            Ok(())
        }
    }

    pub(super) fn open(&mut self, edge: Edge, sight: &Sight, ledger: &Ledger) {
        let answered_before = ledger.answered_by(sight.now) - sight.cost;
        if self.current.is_none() {
            let long_ago = sight.now.saturating_sub(to_nanos(2.0 * self.window()));
            let unseen = answered_before - ledger.answered_by(long_ago);
            // As much as is used, or was sent since that was so, is taken to be of this window.
            let before = sight.sent.saturating_sub(sight.lag);
            let since = answered_before - ledger.answered_by(before);
            let used = sight.limit - sight.left - sight.counted();
            let counted = (used + since).clamp(0.0, unseen.max(0.0));
            // Answers that stated nothing are in both.
            self.hidden = self.hidden.max(counted);
            self.unseen = [unseen - counted, 0.0];
        }
        let hidden = std::mem::take(&mut self.hidden);
        self.current = Some(Window {
            edge,
            own: hidden,
            doubtful: hidden,
            answered_before,
            strays: 0.0,
            asked: 0,
            told: 0,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: u64 = 1_000_000_000;

    /// An answer at the second `now`, 0.1 s after it was asked for, under the window that ends at the second `end`.
    fn sight(now: u64, left: f64, end: i64) -> Sight {
        let end = end * signed(SECOND);
        Sight {
            sent: now * SECOND - SECOND / 10,
            now: now * SECOND,
            cost: 1.0,
            actual: 1.0,
            limit: 60.0,
            left,
            edge: Some(Edge {
                label: Some(end),
                lo: end - signed(SECOND),
                hi: end,
                known: true,
            }),
            window: Some(60 * SECOND),
            lag: 0,
            slack: 0.0,
        }
    }

    fn admit(ledger: &mut Ledger, at: u64) {
        let at = at * SECOND;
        ledger.send(at - SECOND / 10, 1);
        ledger.admit(at, (at, at), 1, 1);
    }

    #[test]
    fn what_was_answered_without_headers_before_the_first_window_counts_once() {
        let (mut counter, mut ledger) = (Counter::default(), Ledger::new());
        for at in 101..=103 {
            admit(&mut ledger, at);
            counter.hide(at * SECOND, 1.0);
        }
        admit(&mut ledger, 104);
        let seen = counter.observe(&sight(104, 56.0, 120), &ledger);
        assert!(matches!(seen, Ok(Some(_))));
        let window = counter.current.expect("a window");
        assert!((window.own - 4.0).abs() < 1e-9, "{}", window.own);
    }

    #[test]
    fn what_may_be_of_two_windows_is_surely_of_neither() {
        let (mut counter, mut ledger) = (Counter::default(), Ledger::new());
        admit(&mut ledger, 104);
        assert!(counter.observe(&sight(104, 59.0, 120), &ledger).is_ok());
        // It was decided before the edge or after it, and is counted in both.
        admit(&mut ledger, 120);
        counter.hide(120 * SECOND, 1.0);
        admit(&mut ledger, 122);
        assert!(counter.observe(&sight(122, 58.0, 180), &ledger).is_ok());
        assert_eq!(counter.doubtful, 1.0);
        // So it is when the window at whose beginning it lies has ended too.
        admit(&mut ledger, 182);
        assert!(counter.observe(&sight(182, 58.0, 240), &ledger).is_ok());
        assert_eq!((counter.previous, counter.doubtful), (2.0, 1.0));
    }
}
