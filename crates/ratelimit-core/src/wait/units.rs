//! Sums of costs, in every unit that one of them names.

use crate::adapt::Spend;
use crate::unit::Unit;

/// As many as a cost can name.
const NAMED: usize = 3;

/// A sum of costs. Of a unit that none of them names, the sum of what counts for each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Units {
    each: u64,
    named: [Option<(Unit, u64)>; NAMED],
}

impl Units {
    pub(super) fn of(&self, unit: Unit) -> u64 {
        let found = self
            .named
            .iter()
            .flatten()
            .find(|(named, _)| *named == unit);
        found.map_or(self.each, |(_, sum)| *sum)
    }

    pub(super) fn each(&self) -> u64 {
        self.each
    }

    pub(super) fn plus(self, other: &Self) -> Self {
        self.with(other, u64::saturating_add)
    }

    pub(super) fn minus(self, other: &Self) -> Self {
        self.with(other, u64::saturating_sub)
    }

    /// If together they name more than there is room for, what does not fit counts as it does for
    /// each.
    fn with(self, other: &Self, both: impl Fn(u64, u64) -> u64) -> Self {
        let mut sum = Self {
            each: both(self.each, other.each),
            named: [None; NAMED],
        };
        let mine = self.named.iter().flatten();
        let theirs = other.named.iter().flatten();
        let theirs = theirs.filter(|(unit, _)| !self.names(*unit));
        for (slot, (unit, _)) in sum.named.iter_mut().zip(mine.chain(theirs)) {
            *slot = Some((*unit, both(self.of(*unit), other.of(*unit))));
        }
        sum
    }

    fn names(&self, unit: Unit) -> bool {
        self.named.iter().flatten().any(|(named, _)| *named == unit)
    }
}

impl From<&Spend> for Units {
    fn from(spend: &Spend) -> Self {
        let mut named = [None; NAMED];
        for (slot, (unit, amount)) in named.iter_mut().zip(spend.named()) {
            *slot = Some((unit, u64::from(amount)));
        }
        let each = u64::from(spend.each());
        Self { each, named }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unit_that_only_some_name_counts_for_the_others_as_it_does_for_each() {
        let (tokens, credits) = (Unit::new("tokens"), Unit::new("credits"));
        let costly = Spend::new(2).with_unit(tokens, 500).unwrap();
        let (plain, costly) = (Units::from(&Spend::new(3)), Units::from(&costly));
        let sum = plain.plus(&costly);
        assert_eq!((sum.each(), sum.of(tokens), sum.of(credits)), (5, 503, 5));
        assert_eq!(sum, costly.plus(&plain));
        assert_eq!(sum.minus(&costly).of(tokens), 3);
        assert_eq!(sum.minus(&plain).of(tokens), 500);
    }
}
