//! What an answer says of one limit.

use super::kinds::Kinds;
use super::{FIRST_LAG, FIRST_PROBE, FORGOTTEN, Heard, LONGEST_LAG, Track};
use crate::adapt::sight::{Edge, Sight, to_nanos};
use crate::time::nanos;

impl Track {
    /// An answer that states this limit. The ledger knows of it already.
    pub(in crate::adapt) fn hear(&mut self, heard: &Heard<'_>) {
        let Some(mut sight) = self.sight(heard) else {
            return;
        };
        if self.told > 0 && sight.limit != self.limit {
            self.kinds.void(sight.limit / self.limit.max(1.0));
        }
        // Of answers that crossed each other and mean the same window, the lower is the later.
        let crossed = heard.told.reset == self.reset && sight.sent <= self.last_told;
        let left = if crossed {
            self.left.min(sight.left)
        } else {
            sight.left
        };
        (self.limit, self.left, self.reset) = (sight.limit, left, heard.told.reset);
        if sight.edge.is_none() && sight.window.is_none() {
            self.kinds.without_windows();
        }
        self.told += 1;
        (self.last_told, self.passed_over) = (sight.now, 0);
        self.asked = self.asked.max(sight.sent);
        self.slow = (sight.now - sight.sent).max(self.slow - self.slow / 64);
        self.probe_wait = FIRST_PROBE;
        match self.lag > 0 && sight.is_blank() {
            true => self.hide(sight.now, sight.actual),
            false => self.show(&mut sight),
        }
        self.adjust(&sight);
    }

    /// What it shows to the kinds that the server may be.
    fn show(&mut self, sight: &mut Sight) {
        self.reset_late = match sight.edge {
            Some(edge) if edge.known => u64::try_from(edge.hi).unwrap_or(0),
            _ => sight.now + to_nanos(self.kinds.longest_window()),
        };
        let foreign = self.kinds.show(sight, &self.ledger);
        self.kinds.prefer_bucket(self.told, sight.now - self.began);
        if self.kinds.count() == 0 {
            self.suppose_lag(sight);
        }
        let window = to_nanos(self.kinds.longest_window());
        self.ledger.set_window(window);
        self.judge_sharing(sight, &foreign);
    }

    /// An answer does not state this limit, but maybe others.
    pub(in crate::adapt) fn pass_over(&mut self, for_others: bool) {
        self.passed_over = self.passed_over.saturating_add(u32::from(for_others));
    }

    /// Whether the server has other limits by now: they are stated, and this one was not for two windows.
    pub(in crate::adapt) fn is_past(&self, now: u64) -> bool {
        let long = to_nanos(2.0 * self.kinds.longest_window());
        self.passed_over >= FORGOTTEN && now >= self.last_told.saturating_add(long)
    }

    /// When it was stated last.
    pub(in crate::adapt) fn heard_at(&self) -> u64 {
        self.last_told
    }

    /// What contradicts every kind of server is stale.
    fn suppose_lag(&mut self, sight: &mut Sight) {
        self.lag = (self.lag * 2).clamp(FIRST_LAG, LONGEST_LAG);
        sight.lag = self.lag;
        self.began = sight.now;
        self.kinds = Kinds::again();
        if !sight.is_blank() {
            self.kinds.show(sight, &self.ledger);
        }
    }

    fn sight(&self, heard: &Heard<'_>) -> Option<Sight> {
        let (told, limit) = (heard.told, heard.told.limit? as f64);
        let edge = |reset| Edge::of(reset, heard.sent, heard.now, heard.offset);
        // What others get back looks as if it had flowed.
        let slack = 2.0 * self.ledger.mean + 0.02 * limit;
        // And what may have been counted or not, as if it had not.
        let memory = to_nanos(2.0 * self.kinds.longest_window());
        let lost = self.ledger.lost_since(heard.now.saturating_sub(memory));
        Some(Sight {
            sent: heard.sent,
            now: heard.now,
            cost: heard.cost,
            actual: heard.actual,
            limit,
            left: told.remaining? as f64,
            edge: told.reset.map(edge),
            window: told.window.map(nanos),
            lag: self.lag,
            slack: if self.refunds { slack } else { 0.0 } + lost,
        })
    }
}
