//! What a pilot is asked, and what it said last.

use super::Piloted;
use crate::adapt::{Leave, Spend};
use crate::algorithm::Fit;
use crate::time::Timestamp;

/// A pilot that names an instant that is past is asked again then, not over and over.
const SOON: u64 = 1_000_000;

/// What it last said to a question. It is not asked the same twice at one instant, unless something was sent or
/// answered in between. Later it is: time alone may change what it says, also before the instant that it named.
#[derive(Clone, Copy, Debug)]
pub(super) struct Said {
    now: u64,
    spend: Spend,
    waiting: usize,
    fit: Fit,
}

impl Piloted {
    pub(super) fn fit(&mut self, now: u64, spend: &Spend, waiting: usize) -> Fit {
        if let Some(fit) = self.said(now, spend, waiting) {
            return fit;
        }
        let fit = self.ask(now, spend, waiting);
        self.said = Some(Said {
            now,
            spend: *spend,
            waiting,
            fit,
        });
        fit
    }

    fn said(&self, now: u64, spend: &Spend, waiting: usize) -> Option<Fit> {
        let said = self.said.as_ref()?;
        let is_same = said.now == now && said.waiting == waiting && said.spend == *spend;
        is_same.then_some(said.fit)
    }

    fn ask(&mut self, now: u64, spend: &Spend, waiting: usize) -> Fit {
        match self.pilot.leave(Timestamp::from_nanos(now), spend, waiting) {
            Leave::Now => Fit::Now,
            Leave::At(at) if at.as_nanos() > now => Fit::At(at.as_nanos()),
            Leave::At(_) => Fit::At(now.saturating_add(SOON)),
            Leave::WhenAnswered => Fit::Held,
            Leave::Never => Fit::Never,
        }
    }
}
