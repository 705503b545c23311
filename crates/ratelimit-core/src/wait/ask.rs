//! What a caller asks of a gate.

use crate::adapt::Spend;
use crate::time::Timestamp;

/// How urgent a caller is: the smaller the number, the sooner it goes, as with the urgency of
/// RFC 9218. Callers of one priority go first in, first out.
///
/// Whoever has waited for long takes turns with those that are more urgent, so that nobody starves:
/// see [`Settings::with_patience`](super::Settings::with_patience).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Priority(u8);

/// A wish to pass a [`Gate`](super::Gate): how many units, how urgent, until when it is of use.
///
/// ```
/// use ratelimit_core::wait::{Ask, Priority};
///
/// let ask = Ask::new(5).with_priority(Priority::URGENT);
/// assert_eq!(ask.cost(), 5);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ask {
    spend: Spend,
    priority: Priority,
    deadline: Option<Timestamp>,
}

impl Priority {
    /// Somebody is looking at the screen.
    pub const URGENT: Self = Self(0);
    /// What is not said to be otherwise.
    pub const NORMAL: Self = Self(3);
    /// A batch that may take all night.
    pub const BACKGROUND: Self = Self(7);

    /// How many levels behind the most urgent.
    pub(super) const fn level(self) -> u8 {
        self.0
    }

    /// The priority of this urgency; 0 goes first.
    #[must_use]
    pub const fn new(urgency: u8) -> Self {
        Self(urgency)
    }
}

impl Default for Priority {
    fn default() -> Self {
        Self::NORMAL
    }
}

impl Ask {
    /// A wish for `cost` units, of normal priority, that can wait for ever.
    #[must_use]
    pub const fn new(cost: u32) -> Self {
        Self {
            spend: Spend::new(cost),
            priority: Priority::NORMAL,
            deadline: None,
        }
    }

    /// The same with this cost, which may be another for each unit.
    #[must_use]
    pub const fn with_spend(mut self, spend: Spend) -> Self {
        self.spend = spend;
        self
    }

    /// The same with this priority.
    #[must_use]
    pub const fn with_priority(mut self, priority: Priority) -> Self {
        self.priority = priority;
        self
    }

    /// The same, of no use after this instant. As soon as it is known that it must wait for longer,
    /// it is refused: nobody waits in vain.
    #[must_use]
    pub const fn with_deadline(mut self, deadline: Timestamp) -> Self {
        self.deadline = Some(deadline);
        self
    }

    /// The units, of what has no cost of its own.
    #[must_use]
    pub const fn cost(&self) -> u32 {
        self.spend.each()
    }

    /// The cost in every unit.
    #[must_use]
    pub const fn spend(&self) -> Spend {
        self.spend
    }

    /// The priority.
    #[must_use]
    pub const fn priority(&self) -> Priority {
        self.priority
    }

    /// The deadline, if there is one.
    #[must_use]
    pub const fn deadline(&self) -> Option<Timestamp> {
        self.deadline
    }
}
