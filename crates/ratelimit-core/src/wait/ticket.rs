//! One who waits, and those before him.

use std::task::Waker;

use super::units::Units;
use crate::adapt::Spend;

/// One who waits.
#[derive(Debug)]
pub(super) struct Ticket {
    pub(super) spend: Spend,
    /// When it came: its age.
    pub(super) came: u64,
    /// When it last asked to go.
    pub(super) since: u64,
    pub(super) deadline: u64,
    /// When its own timer fires; `u64::MAX` if it has none.
    pub(super) armed: u64,
    pub(super) waker: Option<Waker>,
    /// Those of its priority that ever came before it.
    pub(super) came_before: Ahead,
}

/// Who stands before somebody.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Ahead {
    pub(super) count: u64,
    pub(super) units: Units,
}

impl Ticket {
    pub(super) fn new(spend: Spend, since: u64, deadline: u64) -> Self {
        Self {
            spend,
            came: since,
            since,
            deadline,
            armed: u64::MAX,
            waker: None,
            came_before: Ahead::default(),
        }
    }

    /// The same of somebody who came before he asked.
    pub(super) fn aged(mut self, came: u64) -> Self {
        self.came = came;
        self
    }

    pub(super) fn came(&self) -> u64 {
        self.came
    }
}

impl Ahead {
    pub(super) fn of(ticket: &Ticket) -> Self {
        Self {
            count: 1,
            units: Units::from(&ticket.spend),
        }
    }

    pub(super) fn plus(self, other: &Self) -> Self {
        Self {
            count: self.count + other.count,
            units: self.units.plus(&other.units),
        }
    }

    pub(super) fn minus(self, other: &Self) -> Self {
        Self {
            count: self.count.saturating_sub(other.count),
            units: self.units.minus(&other.units),
        }
    }
}
