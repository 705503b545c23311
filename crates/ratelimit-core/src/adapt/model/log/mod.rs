//! A sliding window that remembers each request for a window's length.

mod bound;
mod window;

use std::collections::VecDeque;

use super::recent::{Recent, SPAN};
use super::trend::Trend;
use super::{Foreign, Refuted};
use crate::adapt::ledger::Ledger;
use crate::adapt::offset::signed;
use crate::adapt::sight::{Edge, Sight, secs, to_nanos, usual_window};

/// Over how many seconds it is judged whether others use more and more, and for how many they are taken to go on: of a
/// neighbour in bursts that tells as much as a counter's five and four, and waves of many who share a log are shorter.
const TREND: f64 = 2.0;
const GOES_ON: f64 = 2.0;

/// See the [module](self).
#[derive(Clone, Debug)]
pub(in crate::adapt) struct Log {
    stated: Option<u64>,
    /// Whether the window may be one that nobody uses: a bucket that is held at one level looks like a log
    /// with an odd window.
    any_window: bool,
    /// Whether the window cannot be told, because the server's clock is not known.
    guessed: bool,
    /// Where the window must lie if the reset is when the latest request is forgotten.
    between: (f64, f64),
    /// Whether that is what the reset is.
    pub(in crate::adapt) resets_a_window_after: bool,
    longest: f64,
    /// What follows from these, in seconds.
    window: f64,
    /// The first answer's reset, before which nothing was ever forgotten.
    first: Option<(u64, f64)>,
    least: Recent,
    most: [f64; 2],
    /// The most of `least` lately.
    lately: f64,
    trend: Trend,
    pub(in crate::adapt) last: u64,
    /// What others sent, as a running total by the time of the answers that showed it.
    others: VecDeque<(u64, f64)>,
}

impl Default for Log {
    fn default() -> Self {
        Self {
            stated: None,
            any_window: false,
            guessed: false,
            between: (0.0, f64::INFINITY),
            resets_a_window_after: true,
            longest: 0.0,
            window: usual_window(0.0),
            first: None,
            least: Recent::default(),
            most: [0.0; 2],
            lately: 0.0,
            trend: Trend::default(),
            last: 0,
            others: VecDeque::new(),
        }
    }
}

impl Log {
    /// One whose window may be any.
    pub(in crate::adapt) fn of_any_window() -> Self {
        Self {
            any_window: true,
            ..Self::default()
        }
    }

    pub(in crate::adapt) fn observe(
        &mut self,
        sight: &Sight,
        ledger: &Ledger,
    ) -> Result<Option<Foreign>, Refuted> {
        self.stated = sight.window.or(self.stated);
        if let (Some((near, far)), true) = (sight.distance_or_guess(), sight.cost > 0.0) {
            self.learn_window(near, far, sight)?;
        }
        self.window = self.likely_window();
        let window = to_nanos(self.window());
        let before = sight.sent.saturating_sub(sight.lag);
        let gone = ledger.sent_by_at_most(sight.now.saturating_sub(window));
        let sure = (ledger.answered_by(before) - gone).max(0.0);
        let forgotten = ledger.admitted_by(before.saturating_sub(window));
        let possible = ledger.net_then(sight.sent) - forgotten;
        let foreign = Foreign::new(sight, sure, possible);
        if foreign.most < -sight.slack {
            return Err(Refuted);
        }
        self.check_rise(sight)?;
        self.least.push(sight.now, foreign.least.max(0.0));
        self.lately = self.least.max_since(sight.now.saturating_sub(SPAN));
        // What was so long ago says nothing beside what is so now.
        let since = sight.now.saturating_sub(self.last);
        let is_old = since > SPAN;
        let most = foreign.most.max(0.0);
        self.trend.learn(most, secs(since), TREND);
        self.most = [if is_old { most } else { self.most[1] }, most];
        self.last = sight.now;
        self.remember(
            sight.now,
            0.5 * (foreign.least.max(0.0) + foreign.most.max(0.0)),
            window,
        );
        Ok(Some(foreign))
    }

    /// What others have in the window is what they sent less what was sent a window before: so from what they
    /// have follows what they sent, and when it will be forgotten.
    fn remember(&mut self, now: u64, have: f64, window: u64) {
        let total = have + self.others_by(now.saturating_sub(window));
        let grain = window / 512;
        let before_last = self
            .others
            .len()
            .checked_sub(2)
            .map_or(0, |i| self.others[i].0);
        match self.others.back_mut() {
            Some(last) if last.0 >= now || (before_last > 0 && now - before_last < grain) => {
                *last = (now.max(last.0), total);
            }
            _ => self.others.push_back((now, total)),
        }
        let horizon = now.saturating_sub(window.saturating_mul(2));
        while self.others.len() > 2048 || self.others.get(1).is_some_and(|entry| entry.0 <= horizon)
        {
            self.others.pop_front();
        }
    }

    /// What others had sent by then.
    fn others_by(&self, at: u64) -> f64 {
        match self.others.partition_point(|entry| entry.0 <= at) {
            0 => 0.0,
            n => self.others[n - 1].1,
        }
    }

    /// What is sent in all, per second, in the last so many seconds.
    pub(in crate::adapt) fn flow(&self, ledger: &Ledger, now: u64, span: f64) -> f64 {
        let from = now.saturating_sub(to_nanos(span));
        let n = self.others.partition_point(|entry| entry.0 <= from);
        // Of what was there at first nobody knows when it came; and answers may be further apart than the span.
        let (Some(since), Some(last)) = (self.others.get(n.saturating_sub(1)), self.others.back())
        else {
            return 0.0;
        };
        let own = ledger.sent_by(now) - ledger.sent_by(since.0);
        let span = secs(now.saturating_sub(since.0)).max(0.1 * span);
        (own + (last.1 - since.1).max(0.0)) / span
    }

    /// When a request was admitted, if this is its reset: a window before it.
    pub(in crate::adapt) fn admission(&self, edge: &Edge) -> Option<u64> {
        let is_told = self.resets_a_window_after && edge.known && self.between.1.is_finite();
        let window = signed(to_nanos(self.window()));
        is_told.then(|| u64::try_from(edge.hi.saturating_sub(window)).unwrap_or(0))
    }

    /// Before the first reset nothing is forgotten, so nothing more can be left.
    fn check_rise(&mut self, sight: &Sight) -> Result<(), Refuted> {
        let Some((until, left)) = self.first else {
            let edge = sight.edge.filter(|edge| edge.known);
            let until = edge.map_or(0, |edge| u64::try_from(edge.lo).unwrap_or(0));
            self.first = Some((until, sight.left));
            return Ok(());
        };
        let rises = sight.left > left + sight.slack + 0.5;
        if rises && !self.resets_a_window_after && sight.now < until {
            return Err(Refuted);
        }
        Ok(())
    }

    pub(in crate::adapt) fn void(&mut self) {
        self.least = Recent::default();
        self.lately = 0.0;
        self.most = [0.0; 2];
        self.trend = Trend::default();
        self.first = None;
    }
}
