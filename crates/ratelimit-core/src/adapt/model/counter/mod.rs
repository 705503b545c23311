//! A sliding window in two counters: what was used in the window before counts in the proportion in which
//! it still overlaps.

mod bound;
mod count;
mod roll;
mod stepping;

use super::furthest::Furthest;
use super::recent::Recent;
use super::steps::Steps;
use super::trend::Trend;
use super::{Foreign, Refuted};
use crate::adapt::ledger::Ledger;
use crate::adapt::offset::signed;
use crate::adapt::sight::{Edge, Sight, UNKNOWN_WINDOW, secs, to_nanos, usual_window};

/// How much of our share of what others free is ours before an answer tells of it: where they are many, all shares
/// together are more than the whole.
const CLAIMED: f64 = 0.5;
/// Over how many seconds it is judged whether others use more and more, and for how many they are taken to go on. With
/// one second a neighbour in bursts causes a quarter more refusals; two and four make no difference.
const TREND: f64 = 5.0;
const GOES_ON: f64 = 4.0;

/// See the [module](self).
#[derive(Clone, Debug, Default)]
pub(in crate::adapt) struct Counter {
    stated: Option<u64>,
    period: Option<f64>,
    longest: f64,
    current: Option<Window>,
    /// What is own of the window before.
    previous: f64,
    /// What of that may be of the window after it, or of the one before it.
    doubtful: f64,
    /// Own cost that may be of the window after the current one.
    hidden: f64,
    /// Own cost that was answered before the first window was seen, and may be in it or in the one before: what of it
    /// may be in the current window, and in the one before.
    unseen: [f64; 2],
    least: Recent,
    most: [f64; 2],
    /// The most of `least` lately.
    lately: f64,
    trend: Trend,
    pub(in crate::adapt) last: u64,
    furthest: Furthest,
    /// If resets say when the next unit comes.
    steps: Option<Steps>,
}

#[derive(Clone, Copy, Debug)]
struct Window {
    /// The reset as it was stated; the window ends then, or one window earlier.
    edge: Edge,
    own: f64,
    /// What of that may be of the window before.
    doubtful: f64,
    answered_before: f64,
    strays: f64,
    /// When the latest answer under it was asked for, so that it had not ended.
    asked: u64,
    /// How many answers there were.
    told: u32,
}

impl Counter {
    pub(in crate::adapt) fn observe(
        &mut self,
        sight: &Sight,
        ledger: &Ledger,
    ) -> Result<Option<Foreign>, Refuted> {
        let Some(edge) = sight.edge else {
            return Ok(None);
        };
        self.stated = sight.window.or(self.stated);
        if let Some((near, _)) = sight.distance() {
            self.longest = self.longest.max(near);
            if near > 2.0 * self.window() + 0.1 {
                return Err(Refuted);
            }
        }
        // A refusal may find the window empty, and then its reset is another.
        if sight.cost == 0.0 {
            return Ok(None);
        }
        if self.steps.is_none() && self.furthest.goes_back(&edge, sight, self.window()) {
            self.steps = Some(Steps::default());
        }
        if self.steps.is_some() {
            return self.step(sight, ledger);
        }
        let seen = self.enter(edge, sight, ledger);
        match seen.and_then(|()| self.count(sight, ledger, &edge)) {
            Err(Refuted) if self.has_stood_still(sight) => {
                self.steps = Some(self.steps_after_a_window());
                self.step(sight, ledger)
            }
            seen => seen,
        }
    }

    /// Whether its resets say when the next unit comes, and not when a window ends.
    pub(in crate::adapt) fn is_stepping(&self) -> bool {
        self.steps.is_some()
    }

    /// When the window ends, at the earliest and at the latest.
    fn end(&self, window: &Window) -> (i64, i64) {
        let edge = window.edge;
        let later = signed(to_nanos(self.later()));
        (edge.lo.saturating_sub(later), edge.hi.saturating_sub(later))
    }

    /// How long after the end of the window the stated reset is. "When all is free again" is a window after
    /// the end of the one in which something is used.
    fn later(&self) -> f64 {
        let window = self.window();
        if self.longest > window + 0.1 {
            window
        } else {
            0.0
        }
    }

    pub(in crate::adapt) fn void(&mut self) {
        self.least = Recent::default();
        self.lately = 0.0;
        self.most = [0.0; 2];
        self.trend = Trend::default();
        if let Some(steps) = &mut self.steps {
            steps.void();
        }
    }

    pub(in crate::adapt) fn window(&self) -> f64 {
        let told = self.stated.map(secs).or(self.period);
        told.unwrap_or_else(|| match self.longest {
            0.0 => UNKNOWN_WINDOW,
            longest => usual_window(0.5 * longest),
        })
    }
}
