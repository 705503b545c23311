//! A gate is slowed down, shut, opened, and given another plan, by hand.

use std::time::Duration;

use super::Gate;
use crate::plan::Plan;
use crate::time::Timestamp;
use crate::wait::headroom;
use crate::wait::news::News;
use crate::wait::queue::Queue;

impl Gate {
    /// Lets nobody go before `until`, also none of those that wait already. A longer pause stays.
    ///
    /// Afterwards there is no burst: for twice the pause (but 5 s to 60 s, and no more than a window)
    /// the gate lets one go at a time, at the plan's steady rate. Whoever had to ask for a pause has
    /// nothing saved up.
    ///
    /// A pause that goes on for longer than
    /// [`with_longest_pause`](crate::wait::Settings::with_longest_pause) allows is not waited for: all are refused.
    pub fn pause_until(&self, until: Timestamp) {
        self.with(|queue, now| queue.pause(until.as_nanos(), now));
    }

    /// Ends a pause, and what follows it.
    pub fn resume(&self) {
        self.with(Queue::resume);
    }

    /// Until `until` (normally a reset that the server told), lets at most one unit go per `every`,
    /// beginning now. The plan holds all the same: a pace is never faster.
    pub fn set_pace(&self, every: Duration, until: Timestamp) {
        self.set(News::Pace { every, until });
    }

    /// Lets nobody go before `until`, unless another pace is set before; unlike a
    /// [pause](Self::pause_until) it can be taken back by better news, and the burst stays.
    pub fn close_until(&self, until: Timestamp) {
        self.set(News::Closed { until });
    }

    /// Ends what [`set_pace`](Self::set_pace) or [`close_until`](Self::close_until) began.
    pub fn clear_pace(&self) {
        self.set(News::Open);
    }

    /// Another plan from now on: what was spent stays spent, and those who wait go by the new one.
    pub fn set_plan(&self, plan: impl Into<Plan>) {
        let plan = headroom::part_of(&plan.into(), self.0.percent);
        self.with(|queue, now| queue.set_plan(plan, now));
    }

    fn set(&self, news: News) {
        self.with(|queue, now| queue.set_pace(news.pace(), now));
    }
}
