//! How long a log remembers.

use super::Log;
use crate::adapt::model::Refuted;
use crate::adapt::sight::{LADDER, Sight, UNKNOWN_WINDOW, secs, usual_window};

impl Log {
    pub(super) fn learn_window(
        &mut self,
        near: f64,
        far: f64,
        sight: &Sight,
    ) -> Result<(), Refuted> {
        if sight.is_guess() {
            return self.compare(near, far);
        }
        if let Some(window) = self.stated.map(secs) {
            // Nothing is remembered for longer than a window.
            if near > window + 0.1 {
                return Err(Refuted);
            }
            self.resets_a_window_after &= far >= window - 0.1 - secs(sight.lag);
            self.between = (window, window);
            return Ok(());
        }
        self.longest = self.longest.max(near);
        if self.resets_a_window_after {
            let (lo, hi) = (self.between.0.max(near), self.between.1.min(far));
            self.resets_a_window_after = lo <= hi;
            self.between = (lo, hi);
            let usual = |window: &f64| lo - 0.1 <= *window && *window <= hi + 0.1;
            if lo <= hi && !self.any_window && !LADDER.iter().any(usual) {
                return Err(Refuted);
            }
        }
        Ok(())
    }

    /// Without the server's clock: that resets are always as far away.
    pub(super) fn compare(&mut self, near: f64, far: f64) -> Result<(), Refuted> {
        self.between = (self.between.0.max(near), self.between.1.min(far));
        if self.between.0 > self.between.1 {
            return Err(Refuted);
        }
        self.guessed = true;
        Ok(())
    }

    pub(in crate::adapt) fn window(&self) -> f64 {
        self.window
    }

    pub(super) fn likely_window(&self) -> f64 {
        if let Some(window) = self.stated {
            return secs(window);
        }
        if self.guessed {
            return UNKNOWN_WINDOW;
        }
        if self.resets_a_window_after && self.between.1.is_finite() {
            let within = |window: &&f64| {
                self.between.0 - 0.1 <= **window && **window <= self.between.1 + 0.1
            };
            return LADDER
                .iter()
                .find(within)
                .copied()
                .unwrap_or(self.between.1);
        }
        usual_window(self.longest)
    }
}
