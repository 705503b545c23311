//! What a layer is told about what it learns, and for how long it pauses.

use std::time::Duration;

use super::layer::ThrottleLayer;

impl ThrottleLayer {
    /// At how many units left the rest is spread over the time to the reset; 10 if not set. With 0
    /// only what is used up is waited for. [Adaptive](Self::adaptive) layers have no use for it.
    pub fn with_low_threshold(self, units: u64) -> Self {
        self.set(|config| config.lessons.low = units)
    }

    /// The longest distance between two sends that headers alone can bring about; 30 s if not set.
    /// It does not shorten a pause, nor the wait for the reset of what is used up.
    /// [Adaptive](Self::adaptive) layers have no use for it.
    pub fn with_longest_gap(self, gap: Duration) -> Self {
        self.set(|config| config.lessons.longest_gap = gap)
    }

    /// The pause after a 429 that does not say how long; 1 s if not set. An
    /// [adaptive](Self::adaptive) layer doubles it for each such refusal in a row, up to a minute.
    pub fn with_default_pause(self, pause: Duration) -> Self {
        self.set(|config| config.lessons.default_pause = pause)
    }

    /// By how much a pause may be lengthened at random: up to this, and up to three fifths of the
    /// pause. 3 s if not set. It is never shortened. [Adaptive](Self::adaptive) layers: 5 s, and up to as much
    /// as the pause, because those who share a quota with strangers must not all come back at once.
    pub fn with_pause_jitter(self, most: Duration) -> Self {
        self.set_rules(|config| config.lessons.jitter = most)
    }

    /// The longest pause that is waited for, beside what [lengthens](Self::with_pause_jitter) it; an hour if not set. While a server wants to be left alone
    /// for longer, nobody waits: each request is refused at once ([`RefusalReason::Paused`]), with the
    /// time at which it could go, and so are those that waited when the server said so. From when no
    /// more than this is left of the pause, requests wait for its end.
    ///
    /// What the server states is never cut short, but for nonsense: what is beyond 366 days (and beyond this) is
    /// a misread number, and taken for a day, or for this if that is more. [`gate`](Self::gate) gives what ends one
    /// by hand.
    ///
    /// A [retry](crate::retry) around this layer has a bound of its own, an hour too, on what it sends again: set
    /// [`with_longest_wait`](crate::retry::RetryLayer::with_longest_wait) to the same.
    ///
    /// [`RefusalReason::Paused`]: super::RefusalReason::Paused
    pub fn with_longest_pause(self, pause: Duration) -> Self {
        self.set_rules(|config| config.lessons.longest_pause = pause)
    }

    /// Does not learn from responses, not even from a 429: only the plan counts, and an
    /// [adaptive](Self::adaptive) layer is none any more.
    pub fn without_learning(self) -> Self {
        self.set_rules(|config| {
            config.lessons.learns = false;
            config.adaptive = None;
        })
    }
}
