//! Durations that are not always the same.

use std::time::Duration;

/// A duration that is drawn evenly from a range.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Between {
    /// In seconds.
    pub least: f64,
    /// In seconds.
    pub most: f64,
}

impl Between {
    /// From `least` to `most` seconds.
    #[must_use]
    pub const fn seconds(least: f64, most: f64) -> Self {
        Self { least, most }
    }

    /// One of them.
    pub fn draw(self, random: &mut fastrand::Rng) -> Duration {
        Duration::from_secs_f64(self.least + (self.most - self.least) * random.f64())
    }
}
