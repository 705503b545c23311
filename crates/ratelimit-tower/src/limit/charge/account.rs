//! How each unit of one request ends, as far as that is known yet.

use std::num::NonZeroU32;

use bytes::Buf;
use http::{HeaderMap, StatusCode};
use ratelimit_core::{DecisionRef, Limiter, Outcome, Permit, PolicyStatus, Settlement, Unit};

use super::field::Scanner;
use super::{Charge, Due};

/// How a layer charges: what is counted in the units that no meter has, and what each meter counts.
#[derive(Clone, Debug, Default)]
pub(in crate::limit) struct Charges {
    pub(in crate::limit) each: Option<Charge>,
    pub(in crate::limit) metered: Vec<(Unit, Charge)>,
}

/// What is known of one request.
#[derive(Debug)]
pub(super) struct Account {
    each: Entry,
    metered: Vec<(Unit, Entry)>,
}

#[derive(Debug)]
struct Entry {
    outcome: Outcome,
    awaited: Option<Awaited>,
    /// The request asked for none of it, so nothing that its response says is charged.
    spared: bool,
}

/// What only the body says.
#[derive(Debug)]
enum Awaited {
    Field(Box<Scanner>),
    Bytes { seen: u64, size: NonZeroU32 },
}

impl Charges {
    /// Whether some of it cannot be settled before the body has ended.
    pub(in crate::limit) fn are_by_body(&self) -> bool {
        self.all().any(Charge::is_by_body)
    }

    /// Whether some of it reads what the body says.
    pub(in crate::limit) fn are_by_field(&self) -> bool {
        self.all().any(Charge::is_by_field)
    }

    fn all(&self) -> impl Iterator<Item = &Charge> {
        self.each
            .iter()
            .chain(self.metered.iter().map(|(_, charge)| charge))
    }
}

impl Account {
    /// Nothing is known but what was taken.
    pub(super) fn new(charges: &Charges, decision: &DecisionRef<'_>) -> Self {
        let each = charges.each.as_ref();
        let metered = charges.metered.iter().map(|(unit, charge)| {
            let is_spared = |p: PolicyStatus<'_>| p.is_spared() && p.policy().counts() == *unit;
            let spared = decision.policies().any(is_spared);
            (*unit, Entry::new(charge.lost, spared))
        });
        Self {
            each: Entry::new(each.map_or(Outcome::Keep, |charge| charge.lost), false),
            metered: metered.collect(),
        }
    }

    /// There is a response.
    pub(super) fn answered(&mut self, charges: &Charges, status: StatusCode, headers: &HeaderMap) {
        if let Some(charge) = &charges.each {
            self.each.answered(charge.due(status, headers));
        }
        for ((_, entry), (_, charge)) in self.metered.iter_mut().zip(&charges.metered) {
            if !entry.spared {
                entry.answered(charge.due(status, headers));
            }
        }
    }

    /// A piece of its body is about to be sent.
    pub(super) fn saw(&mut self, data: &impl Buf) {
        self.entries().for_each(|entry| entry.saw(data));
    }

    /// The whole body was sent.
    pub(super) fn ended(&mut self) {
        self.entries().for_each(Entry::ended);
    }

    pub(super) fn settle<L: Limiter>(&self, permit: Permit<L>) {
        let each = Settlement::from(self.each.outcome());
        if self.metered.is_empty() {
            return permit.end(each);
        }
        let of = |(unit, entry): &(Unit, Entry)| (*unit, entry.outcome());
        let metered = self.metered.iter().filter(|(_, entry)| !entry.spared);
        let metered: Vec<_> = metered.map(of).collect();
        permit.end(each.with_units(&metered));
    }

    fn entries(&mut self) -> impl Iterator<Item = &mut Entry> {
        std::iter::once(&mut self.each).chain(self.metered.iter_mut().map(|(_, entry)| entry))
    }
}

impl Entry {
    fn new(outcome: Outcome, spared: bool) -> Self {
        Self {
            outcome,
            awaited: None,
            spared,
        }
    }

    fn answered(&mut self, due: Due) {
        self.awaited = match due {
            Due::Now(outcome) => {
                self.outcome = outcome;
                None
            }
            Due::Field(scanner) => Some(Awaited::Field(Box::new(scanner))),
            Due::Bytes(size) => Some(Awaited::Bytes { seen: 0, size }),
        };
    }

    fn saw(&mut self, data: &impl Buf) {
        match &mut self.awaited {
            Some(Awaited::Bytes { seen, .. }) => *seen += data.remaining() as u64,
            Some(Awaited::Field(scanner)) => read(scanner, data),
            None => {}
        }
    }

    fn ended(&mut self) {
        if let Some(Awaited::Field(scanner)) = &mut self.awaited {
            scanner.end();
            // Who says nothing of it has used what was estimated.
            self.outcome = Outcome::Keep;
        }
    }

    fn outcome(&self) -> Outcome {
        match &self.awaited {
            None => self.outcome,
            Some(Awaited::Field(scanner)) => scanner.found().map_or(self.outcome, Outcome::Actual),
            Some(Awaited::Bytes { seen, size }) => {
                let units = seen.div_ceil(u64::from(size.get()));
                Outcome::Actual(u32::try_from(units).unwrap_or(u32::MAX))
            }
        }
    }
}

/// A buffer may be in several pieces; nearly all are in one.
fn read(scanner: &mut Scanner, data: &impl Buf) {
    const PIECES: usize = 16;
    let mut pieces = [std::io::IoSlice::new(&[]); PIECES];
    let count = data.chunks_vectored(&mut pieces);
    let pieces = &pieces[..count];
    if pieces.iter().map(|piece| piece.len()).sum::<usize>() == data.remaining() {
        pieces.iter().for_each(|piece| scanner.read(piece));
    } else {
        scanner.give_up();
    }
}
