//! Whether others use more and more: who begins to send goes on for a while, and no answer tells of it in time.

/// How fast what others use grows, in units a second.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Trend(f64);

impl Trend {
    /// They use more by `change` than `since` seconds ago; `over` so many seconds it is judged.
    pub(super) fn learn(&mut self, change: f64, since: f64, over: f64) {
        if since > 0.0 {
            let rise = change / since;
            self.0 += (rise - self.0) * (since / over).min(1.0);
        }
    }

    /// What they may have come to use in so many seconds since.
    pub(super) fn goes_on(self, seconds: f64) -> f64 {
        self.0.max(0.0) * seconds
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_uses_more_goes_on_and_who_uses_less_gives_nothing_back() {
        let mut trend = Trend::default();
        for _ in 0..20 {
            trend.learn(1.5, 0.5, 2.0);
        }
        assert!((trend.goes_on(2.0) - 6.0).abs() < 0.1, "{trend:?}");
        // What is of one instant says nothing of a rate.
        trend.learn(10.0, 0.0, 2.0);
        assert!(trend.goes_on(2.0) < 6.1);
        trend.learn(-30.0, 10.0, 2.0);
        assert_eq!(trend.goes_on(2.0), 0.0);
    }
}
