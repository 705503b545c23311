//! Every family but the two usual ones. They allocate, and the usual ones are not to pay for it.

use super::family::Family;
use super::tighter::Tighter;
use super::{Dialects, Existing, single, units};
use crate::state::PolicyState;
use http::HeaderMap;
use std::time::Duration;

type OfHeadline = fn(&PolicyState<'_>, &[PolicyState<'_>]) -> Family;

const OF_HEADLINE: [(Dialects, OfHeadline); 4] = [
    (Dialects::X_RATE_LIMIT_DELTA, single::x_delta),
    (Dialects::ENVOY, single::envoy),
    (Dialects::IETF_TRIO, single::ietf_trio),
    (Dialects::IETF_07, single::ietf_07),
];

/// What they are to say.
#[derive(Clone, Debug)]
pub(super) struct Others(Vec<Family>);

impl Others {
    #[cold]
    pub(super) fn of<'a>(
        dialects: Dialects,
        headline: &PolicyState<'a>,
        all: impl Iterator<Item = PolicyState<'a>>,
        unix_now: Duration,
    ) -> Box<Self> {
        let all: Vec<PolicyState<'a>> = all.collect();
        let wanted = OF_HEADLINE
            .iter()
            .filter(|(dialect, _)| dialects.contains(*dialect));
        let mut families: Vec<Family> = wanted.map(|(_, family)| family(headline, &all)).collect();
        if dialects.contains(Dialects::OPENAI) {
            families.extend(units::openai(&all));
        }
        if dialects.contains(Dialects::ANTHROPIC) {
            families.extend(units::anthropic(&all, unix_now));
        }
        Box::new(Self(families))
    }

    #[cold]
    pub(super) fn put(&self, headers: &mut HeaderMap) {
        for family in &self.0 {
            family.put(headers);
        }
    }

    pub(super) fn write_beside(
        &self,
        headers: &mut HeaderMap,
        existing: Existing,
        tighter: Tighter,
    ) {
        for family in &self.0 {
            family.write_beside(headers, existing, tighter);
        }
    }
}
