//! Where the items of a client come from.

use fastrand::Rng;
use tokio::time::Instant;

use super::{Stream, stream};
use crate::item::Item;
use crate::setup::{Costs, Setup, Supply};

/// The items of one client, the same for a perfect client.
#[derive(Clone, Debug)]
pub(super) struct Source {
    costs: Costs,
    left: u32,
    next: u64,
    random: Rng,
}

impl Source {
    pub(super) fn new(setup: &Setup, client: usize, seed: u64) -> Self {
        Self {
            costs: setup.costs,
            left: match setup.supply {
                Supply::Endless { .. } => u32::MAX,
                Supply::List(items) => items,
            },
            next: (client as u64) << 32,
            random: stream(seed, Stream::Items(client)),
        }
    }

    /// What the next item is estimated at, and what it costs.
    pub(super) fn cost(&mut self) -> Option<(u32, u32)> {
        self.left = self.left.checked_sub(1)?;
        let cost = match self.costs {
            Costs::One => return Some((1, 1)),
            Costs::Known | Costs::TruedUp => self.random.u32(1..=20),
        };
        Some(match self.costs {
            Costs::TruedUp => (cost, self.random.u32(1..=cost)),
            _ => (cost, cost),
        })
    }

    pub(super) fn next(&mut self) -> Option<Item> {
        let (cost, actual) = self.cost()?;
        self.next += 1;
        Some(Item {
            id: self.next,
            cost,
            actual,
            urgent: false,
            wanted: Instant::now(),
        })
    }
}
