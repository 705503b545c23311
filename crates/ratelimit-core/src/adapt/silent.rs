//! A server that states no limits: all that it tells is when it refuses, and for how long.
//!
//! The quota is then what was admitted in the window that the refusal ended, and a little more as time passes
//! without another: so a limit that was raised is found, and a refusal is earned now and then.

use super::series::Series;
use super::sight::{UNKNOWN_WINDOW, secs, to_nanos, usual_window, whole};

/// In flight at most at first, for each of them may be refused at once; and after how many answers one more may be,
/// while there was no refusal.
const AT_ONCE: usize = 8;
const ONE_MORE: usize = 32;
/// A little less than what was refused.
const BACK: f64 = 0.98;
/// Of fewer than these nothing can be said.
const FEW: u64 = 4;
/// How much more after one window, and with its third power after several.
const GROWTH: f64 = 0.01;

/// See the [module](self).
#[derive(Clone, Debug)]
pub(super) struct Silent {
    admitted: Series,
    window: u64,
    quota: Option<f64>,
    since: u64,
    last_sent: u64,
    before: u64,
    answered: usize,
}

impl Silent {
    pub(super) fn new() -> Self {
        Self {
            admitted: Series::default(),
            window: to_nanos(UNKNOWN_WINDOW),
            quota: None,
            since: 0,
            last_sent: 0,
            before: 0,
            answered: 0,
        }
    }

    /// How many may be under way.
    pub(super) fn at_once(&self) -> usize {
        let most = match self.since {
            0 => AT_ONCE + self.answered / ONE_MORE,
            _ => AT_ONCE,
        };
        (1 + self.answered).min(most)
    }

    pub(super) fn sent(&mut self, now: u64) {
        (self.before, self.last_sent) = (self.last_sent, now);
    }

    /// The last send did not take place.
    pub(super) fn take_back(&mut self) {
        self.last_sent = self.before;
    }

    pub(super) fn admitted(&mut self, now: u64) {
        self.answered = self.answered.saturating_add(1);
        self.admitted.add(now, 1, self.window / 2048);
        self.admitted
            .forget_before(now.saturating_sub(self.window.saturating_mul(2)));
    }

    /// What was sent at `sent` is refused, for so long.
    pub(super) fn refused(&mut self, sent: u64, now: u64, wait: Option<u64>) {
        // What was under way together is refused together, and is one refusal.
        if self.quota.is_some() && sent < self.since {
            return;
        }
        let wait = wait.unwrap_or(0);
        self.window = to_nanos(usual_window(secs(wait)).max(UNKNOWN_WINDOW));
        let since = now.saturating_sub(self.window.saturating_sub(wait));
        let admitted = self.admitted.total() - self.admitted.at(since);
        self.since = now;
        if admitted < FEW {
            // Others have used it up, or it is no matter of how much is sent: one at a time, and no quota.
            self.answered = 0;
            return;
        }
        self.quota = Some(admitted as f64 * BACK);
    }

    /// When the next may go, with so many under way.
    pub(super) fn when(&self, now: u64, under_way: usize) -> u64 {
        let Some(quota) = self.quota else {
            return now;
        };
        let windows = secs(now.saturating_sub(self.since)) / secs(self.window);
        let quota = quota * (1.0 + GROWTH * windows.powi(3));
        let even = self
            .last_sent
            .saturating_add(to_nanos(secs(self.window) / quota));
        let from = now.saturating_sub(self.window);
        let over = (self.admitted.total() - self.admitted.at(from)) as f64 + under_way as f64 + 1.0
            - quota;
        if over <= 0.0 {
            return even.max(now);
        }
        let gone = self.admitted.at(from).saturating_add(whole(over.ceil()));
        let free = self.admitted.when(gone).unwrap_or(now);
        even.max(free.saturating_add(self.window)).max(now)
    }
}
