//! What a window surely still admits, and when the next one begins.

use super::Fixed;
use crate::adapt::model::Ask;
use crate::adapt::offset::signed;
use crate::adapt::sight::{Edge, seconds_between, secs, to_nanos};

impl Fixed {
    /// The edge after `now`, as late as it may be.
    pub(in crate::adapt) fn late_edge(&self, now: u64) -> Option<u64> {
        self.next_edge(now, |edge| edge.hi)
    }

    /// The edge after `now`, as early as it may be.
    pub(in crate::adapt) fn early_edge(&self, now: u64) -> Option<u64> {
        self.next_edge(now, |edge| edge.lo)
    }

    /// The first edge that is not sure to have passed at `at`: at the earliest, and at the latest.
    pub(in crate::adapt) fn edge_after(&self, at: u64) -> Option<(u64, u64)> {
        let late = self.late_edge(at)?;
        let edge = self.current.map(|window| window.edge)?;
        let width = edge.hi.saturating_sub(edge.lo).unsigned_abs();
        let width = if edge.known { width } else { 0 };
        Some((late.saturating_sub(width), late))
    }

    fn next_edge(&self, now: u64, end: impl Fn(&Edge) -> i64) -> Option<u64> {
        let window = self.current.as_ref()?;
        let at = match window.edge.known {
            true => u64::try_from(end(&window.edge)).unwrap_or(0),
            // Nobody knows the server's clock: a whole window after the last answer under it.
            false => window.last.0.saturating_add(to_nanos(self.window())),
        };
        if at > now {
            return Some(at);
        }
        let period = to_nanos(self.window()).max(1);
        Some(at + ((now - at) / period + 1) * period)
    }

    /// What others use per second.
    pub(in crate::adapt) fn foreign_rate(&self, now: u64) -> f64 {
        let window = self.current.as_ref().filter(|window| window.edge.known);
        let edge = window.and_then(|window| u64::try_from(window.edge.hi).ok());
        self.foreign_rate_by(now, self.window(), edge)
    }

    /// The same, if the window is so long and ends then.
    pub(in crate::adapt) fn foreign_rate_by(&self, now: u64, whole: f64, edge: Option<u64>) -> f64 {
        let Some(window) = &self.current else {
            return 0.0;
        };
        let elapsed = match edge.filter(|_| window.edge.known) {
            Some(edge) => whole - seconds_between(signed(now), signed(edge)),
            None => secs(now.saturating_sub(window.opened)),
        };
        window.foreign_seen / elapsed.clamp(0.05 * whole, whole).max(0.05)
    }

    pub(in crate::adapt) fn bound(&self, ask: &Ask<'_>, lag: u64, refunds: bool) -> f64 {
        let Some(window) = &self.current else {
            return f64::INFINITY;
        };
        let ledger = ask.ledger;
        let end = match window.edge.known {
            true => window.edge.hi,
            false => signed(window.last.0.saturating_add(to_nanos(self.window()))),
        };
        if signed(ask.now) < end {
            if lag > 0 && window.whole && !refunds && !ask.shared {
                let foreign = window.foreign.max(0.0);
                return ask.limit - window.own - ledger.in_flight as f64 - foreign;
            }
            if window.left.is_infinite() || lag > 0 || refunds {
                let (sent, left, own) = window.last;
                let own = if lag == 0 { own } else { 0.0 };
                let counted = ledger.answered_by(sent.saturating_sub(lag)) + own;
                return left - (ledger.net() - counted);
            }
            // Others go on using it, and their latest requests are not in what was told.
            let unseen = match ask.shared {
                true => {
                    0.5 * self.foreign_rate(ask.now) * secs(ask.now.saturating_sub(window.told))
                }
                false => 0.0,
            };
            return window.left - ledger.in_flight as f64 - unseen - window.hidden.0;
        }
        let edge = u64::try_from(if window.edge.known {
            window.edge.lo
        } else {
            end
        })
        .unwrap_or(0);
        let since = edge.max(ask.now.saturating_sub(to_nanos(self.window())));
        let own = ledger.net() - ledger.answered_by(since);
        let others = match ask.shared {
            true => self.foreign_rate(window.last.0) * seconds_between(end, signed(ask.now)),
            false => 0.0,
        };
        ask.limit - own - others
    }

    /// When the bound may be higher without another answer.
    pub(in crate::adapt) fn better_at(&self, ask: &Ask<'_>) -> Option<u64> {
        self.late_edge(ask.now)
    }
}
