//! What a request costs, in every unit that a server may count.

use crate::unit::{Cost, Unit};

/// How many units may have a cost of their own.
const NAMED: usize = 3;

/// A cost that can be kept: as [`Cost`], but of three named units at most, and without a lifetime.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spend {
    each: u32,
    named: [Option<(Unit, u32)>; NAMED],
}

impl Spend {
    /// So many units of whatever is counted.
    #[must_use]
    pub const fn new(each: u32) -> Self {
        Self {
            each,
            named: [None; NAMED],
        }
    }

    /// So many of this unit instead. `None` if three other units have a cost of their own already.
    #[must_use]
    pub fn with_unit(mut self, unit: Unit, amount: u32) -> Option<Self> {
        let same = |slot: &Option<(Unit, u32)>| slot.is_none_or(|(named, _)| named == unit);
        let slot = self.named.iter_mut().find(|slot| same(slot))?;
        *slot = Some((unit, amount));
        Some(self)
    }

    /// How many of this unit.
    #[must_use]
    pub fn of(&self, unit: Unit) -> u32 {
        let named = self.named.iter().flatten();
        let found = named.copied().find(|(named, _)| *named == unit);
        found.map_or(self.each, |(_, amount)| amount)
    }

    /// The units that have a cost of their own.
    pub(crate) fn named(&self) -> impl Iterator<Item = (Unit, u32)> + '_ {
        self.named.iter().flatten().copied()
    }

    /// How many of a unit that is not named.
    #[must_use]
    pub const fn each(&self) -> u32 {
        self.each
    }
}

impl From<u32> for Spend {
    fn from(each: u32) -> Self {
        Self::new(each)
    }
}

impl From<Cost<'_>> for Spend {
    /// Of more than three named units the first three count.
    fn from(cost: Cost<'_>) -> Self {
        let named = cost.named().iter();
        named.fold(Self::new(cost.each()), |spend, (unit, amount)| {
            spend.with_unit(*unit, *amount).unwrap_or(spend)
        })
    }
}

#[cfg(test)]
mod tests;
