//! What requests cost in units of their own, and where.

use http::Method;
use ratelimit_core::Plan;
use toml::Spanned;

use super::super::MeterRule;
use super::super::file::{self, Word};
use super::{Checker, units};

/// As many as a layer can have.
const MAX_METERS: usize = 4;

impl Checker<'_> {
    /// `plans` are all that there are, also those of endpoints.
    pub(super) fn meters<'p>(
        &mut self,
        raw: &[file::Meter],
        plans: &(impl Iterator<Item = &'p Plan> + Clone),
    ) -> Vec<MeterRule> {
        let mut rules = Vec::new();
        for (place, meter) in raw.iter().enumerate() {
            let at = meter_place(meter);
            let same = |other: &&file::Meter| units::of_meter(other) == units::of_meter(meter);
            if let Some(first) = raw[..place].iter().find(same) {
                let line = self.line(meter_place(first));
                let message = format!("this is counted before, on line {line}");
                self.wrong(at, message, "a unit has one meter");
            }
            self.is_counted(meter, at, plans.clone());
            self.can_be_paid(meter, plans.clone());
            rules.extend(self.meter(meter));
        }
        let mut with_units = raw.iter().filter(|meter| meter.unit.is_some());
        if let Some(meter) = with_units.nth(MAX_METERS) {
            let message = format!("there are more than {MAX_METERS} units with meters");
            self.wrong(meter_place(meter), message, "count fewer things apart");
        }
        rules
    }

    fn meter(&mut self, raw: &file::Meter) -> Option<MeterRule> {
        let cost = match &raw.cost {
            Some(cost) => self.count(cost, "a cost")?,
            None => 1,
        };
        let on = match &raw.on {
            Some(on) => Some(self.places(on)?),
            None => None,
        };
        let charge = match (&raw.charge, raw.failed, raw.lost) {
            (None, None, None) => None,
            _ => Some(self.charge(raw)?),
        };
        Some(MeterRule {
            unit: raw.unit.as_ref().map(|unit| unit.get_ref().clone()),
            cost,
            on,
            charge,
        })
    }

    /// Where it costs something.
    fn places(&mut self, on: &Spanned<Vec<Word>>) -> Option<Vec<(Option<Method>, String)>> {
        if on.get_ref().is_empty() {
            let hint = "name paths, as in `on = [\"POST /v1/chat\"]`, or leave `on` out";
            self.wrong(on.span().start, "this costs nothing anywhere", hint);
        }
        let places: Vec<_> = on.get_ref().iter().map(|word| self.place(word)).collect();
        places.into_iter().collect()
    }

    /// `/prefix`, or `METHOD /prefix`.
    fn place(&mut self, word: &Word) -> Option<(Option<Method>, String)> {
        let text = word.get_ref();
        let (method, prefix) = match text.split_once(' ') {
            Some((method, prefix)) => (Some(method), prefix),
            None => (None, text.as_str()),
        };
        let at = word.span().start;
        if !prefix.starts_with('/') || prefix.contains(['?', '#', ' ']) {
            let hint =
                "write it as in `/v1/data` or `POST /v1/chat`; it covers the paths below it too";
            self.wrong(at, "this is no path, nor a method and a path", hint);
            return None;
        }
        self.no_wildcard(at, prefix, "leave it out: a prefix covers what is below it");
        let method = match method {
            Some(method) => Some(self.method(at, method)?),
            None => None,
        };
        Some((method, prefix.to_owned()))
    }
}

fn meter_place(meter: &file::Meter) -> usize {
    let unit = meter.unit.as_ref().map(|unit| unit.span().start);
    let charge = meter.charge.as_ref().map(|charge| charge.span().start);
    let cost = meter.cost.as_ref().map(|cost| cost.span().start);
    let on = meter.on.as_ref().map(|on| on.span().start);
    unit.or(charge).or(cost).or(on).unwrap_or_default()
}
