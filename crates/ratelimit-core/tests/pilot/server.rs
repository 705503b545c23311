//! A server with a limiter of ours, and a clock of its own.

use std::time::Duration;

use ratelimit_core::adapt::{Reset, Told};
use ratelimit_core::{Clock, DecisionRef, ManualClock, Memory, Plan};

use crate::SECOND;
use crate::case::{Case, Form};

pub(crate) struct Server {
    clock: ManualClock,
    limiter: Memory,
    plan: Plan,
    form: Form,
    window: Duration,
    /// Its clock minus the client's.
    ahead: u64,
}

/// What it answers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reply {
    pub(crate) allowed: bool,
    pub(crate) told: Told,
    pub(crate) date: Duration,
    pub(crate) wait: Option<Duration>,
}

impl Server {
    /// One whose clock is `ahead`, `phase` after an edge.
    pub(crate) fn new(case: &Case, ahead: u64, phase: u64) -> Self {
        let clock = ManualClock::new();
        clock.advance(Duration::from_nanos(phase));
        Self {
            limiter: Memory::builder().clock(clock.clone()).build(),
            clock,
            plan: case.plan(),
            form: case.form,
            window: Duration::from_nanos(case.window),
            ahead,
        }
    }

    /// The client's time.
    pub(crate) fn now(&self) -> u64 {
        self.clock.now().as_nanos()
    }

    pub(crate) fn wait_until(&self, at: u64) {
        let step = at.saturating_sub(self.now());
        self.clock.advance(Duration::from_nanos(step));
    }

    pub(crate) fn check(&self) -> DecisionRef<'_> {
        self.limiter.check_key("client", &self.plan, 1)
    }

    /// A request arrives.
    pub(crate) fn serve(&self) -> Reply {
        let decision = self.check();
        let unix = self.now() + self.ahead;
        let reset = match self.form {
            Form::NextUnit => decision
                .policies()
                .next()
                .and_then(|policy| policy.next_after())
                .unwrap_or_default(),
            _ => decision.reset_after(),
        };
        let reset = nanos(reset);
        let reset = match self.form {
            Form::Moment => Reset::At(Duration::from_secs((unix + reset).div_ceil(SECOND))),
            _ => Reset::After(Duration::from_secs(reset.div_ceil(SECOND))),
        };
        let wait = decision.retry_after();
        Reply {
            allowed: decision.is_allowed(),
            told: Told::new(1)
                .with_limit(u64::from(decision.limit()))
                .with_remaining(decision.remaining())
                .with_reset(reset)
                .with_window((self.form != Form::Moment).then_some(self.window)),
            date: Duration::from_secs(unix / SECOND),
            wait: wait.map(|wait| Duration::from_secs(nanos(wait).div_ceil(SECOND))),
        }
    }
}

fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap()
}
