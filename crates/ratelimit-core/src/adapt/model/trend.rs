//! Whether others use more and more: who begins to send goes on for a while, and no answer tells of it in time.

/// How fast what others use grows.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Trend {
    /// In units a second.
    rise: f64,
    /// What they used when it was last looked at.
    before: Option<f64>,
}

impl Trend {
    /// They use so much now, `since` seconds after the last look; `over` so many seconds it is judged.
    pub(super) fn learn(&mut self, used: f64, since: f64, over: f64) {
        let before = self.before.replace(used);
        if let (Some(before), true) = (before, since > 0.0) {
            let rise = (used - before) / since;
            self.rise += (rise - self.rise) * (since / over).min(1.0);
        }
    }

    /// What they may have come to use in so many seconds since.
    pub(super) fn goes_on(self, seconds: f64) -> f64 {
        self.rise.max(0.0) * seconds
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_uses_more_goes_on_and_who_uses_less_gives_nothing_back() {
        let mut trend = Trend::default();
        // That something is used at the first look says nothing of a rate.
        trend.learn(100.0, 0.5, 2.0);
        assert_eq!(trend.goes_on(2.0), 0.0);
        for i in 1..=20 {
            trend.learn(100.0 + 1.5 * f64::from(i), 0.5, 2.0);
        }
        assert!((trend.goes_on(2.0) - 6.0).abs() < 0.1, "{trend:?}");
        // Nor does what is of one instant.
        trend.learn(140.0, 0.0, 2.0);
        assert!(trend.goes_on(2.0) < 6.1);
        trend.learn(110.0, 10.0, 2.0);
        assert_eq!(trend.goes_on(2.0), 0.0);
    }
}
