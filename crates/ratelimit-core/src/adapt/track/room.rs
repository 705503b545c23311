//! What is surely still admitted, whatever kind the server is.

use super::Track;
use crate::adapt::law::Kind;
use crate::adapt::model::Ask;

/// By so many margins more is kept where nothing was left. With 3 a neighbour in bursts causes an eighth more refusals,
/// with none half as many again; with much more than 6 those who share it evenly starve each other.
const DRAINED: f64 = 6.0;

/// What the kinds that a server may be would surely admit, less what is kept back: the strictest, and the laxest;
/// and when the strictest would admit enough.
#[derive(Clone, Copy, Debug)]
pub(super) struct Room {
    pub(super) least: f64,
    pub(super) most: f64,
    pub(super) when: Option<u64>,
}

impl Room {
    /// Another kind has this much room, and enough at that time.
    fn meet(&mut self, room: f64, need: f64, when: impl FnOnce(f64) -> Option<u64>) {
        (self.least, self.most) = (self.least.min(room), self.most.max(room));
        if room < need {
            let both = self.when.zip(when(need - room));
            self.when = both.map(|(one, other)| one.max(other));
        }
    }
}

impl Track {
    pub(super) fn ask(&self, now: u64) -> Ask<'_> {
        Ask {
            ledger: &self.ledger,
            now,
            limit: self.limit,
            shared: self.shared,
            share: self.share.part,
        }
    }

    /// The room for `need`, with `queue` units waiting.
    pub(super) fn room(&self, now: u64, need: f64, queue: f64) -> Room {
        let ask = self.ask(now);
        let mut all = Room {
            least: f64::INFINITY,
            most: f64::NEG_INFINITY,
            when: Some(now),
        };
        if let Some(model) = &self.kinds.fixed {
            let bound = model.bound(&ask, self.lag, self.refunds);
            all.meet(bound - self.margin(Kind::Fixed), need, |_| {
                model.better_at(&ask)
            });
        }
        if let Some(model) = &self.kinds.log {
            let margin = self.margin(Kind::Log);
            let when = |_| model.better_at(&ask, need + margin);
            all.meet(model.bound(&ask) - margin, need, when);
        }
        if let Some(model) = &self.kinds.counter {
            let margin = self.margin_of_counter();
            let when = |missing| model.better_at(&ask, need + margin, missing);
            all.meet(model.bound(&ask) - margin, need, when);
        }
        if let Some(model) = &self.kinds.bucket {
            let bound = model.bound(&ask);
            let margin = self.margin_of_bucket(bound, queue);
            all.meet(bound - margin, need, |missing| {
                model.better_at(&ask, missing)
            });
        }
        all
    }

    /// What is not spent. Alone, the bounds of windows are exact.
    fn margin(&self, kind: Kind) -> f64 {
        if self.shared {
            self.levels(kind).margin
        } else {
            0.0
        }
    }

    /// Where nearly nothing was left, others take what a counter frees before it can be ours: who asks all the same is
    /// refused.
    fn margin_of_counter(&self) -> f64 {
        let margin = self.margin(Kind::Counter);
        let drained = 1.0 - self.left / margin.max(1e-9);
        margin * (1.0 + DRAINED * drained.max(0.0))
    }

    fn margin_of_bucket(&self, bound: f64, queue: f64) -> f64 {
        let mean = self.ledger.mean;
        let kept = match () {
            () if self.is_cap() && !self.shared => 0.0,
            // A log that is nearly used up looks like a bucket that is nearly empty; the others go by its margin.
            () if self.kinds.log.is_some() && self.shared => self.levels(Kind::Log).margin,
            () => self.levels(Kind::Bucket).margin,
        };
        // The last ones, and nobody else there: what is kept back is of no use.
        let is_last = self.share.part > 0.9 && !self.shared && queue + mean <= bound;
        if is_last { mean.min(kept) } else { kept }
    }
}
