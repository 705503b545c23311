//! Who calls.

use std::fmt;

use ratelimit_tower::limit::Anonymous;

use super::super::KeySource;
use super::{Summary, counted};

impl Summary<'_> {
    pub(super) fn callers(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let callers = &self.0.callers;
        self.places_of_keys(f)?;
        writeln!(f, "           without a key: {}", rule(&callers.anonymous))?;
        if !callers.sources.is_empty() {
            writeln!(
                f,
                "           with an unknown key: {}",
                rule(&callers.unknown)
            )?;
        }
        if let Some(plan) = &callers.also {
            writeln!(
                f,
                "           whoever is counted, by address as well: plan {}",
                plan.name()
            )?;
        }
        match &self.0.forwarded {
            Some((source, _)) => writeln!(f, "addresses  from `{source}` of trusted proxies"),
            None => Ok(()),
        }
    }

    fn places_of_keys(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let callers = &self.0.callers;
        let keys = counted(callers.keys.len(), "key");
        let place = |source: &KeySource| match source {
            KeySource::Bearer => "`Authorization: Bearer ...`".to_owned(),
            KeySource::Header(name) => format!("the header `{name}`"),
        };
        let places: Vec<String> = callers.sources.iter().map(place).collect();
        let found = match places.join(", else ").as_str() {
            "" => "have no keys".to_owned(),
            places => format!("by {places}, {keys}"),
        };
        writeln!(f, "callers    {found}")
    }
}

fn rule(rule: &Anonymous) -> String {
    match rule {
        Anonymous::ByAddress(plan) => format!("by address, plan {}", plan.name()),
        Anonymous::Together(plan) => format!("all as one caller, plan {}", plan.name()),
        Anonymous::Pass => "passes unlimited".to_owned(),
        // The one that is left; whatever a later version adds is safer called refused than passed.
        _ => "refused with 401".to_owned(),
    }
}
