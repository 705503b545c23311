//! What requests cost in units of their own, and what they are charged in the end.

use http::Method;
use ratelimit_core::{Outcome, Plan, Policy};
use ratelimit_tower::limit::Charge;

use super::super::MeterRule;
use super::super::error::Found;
use super::super::file::{self, Fate, Word};
use super::super::syntax::suggest;
use super::Checker;

const CHARGES: [&str; 4] = ["successes", "header:NAME", "field:PATH", "bytes:SIZE"];
/// As many as a layer can have.
const MAX_METERS: usize = 4;

impl Checker<'_> {
    /// `plans` are all that there are, also those of endpoints.
    pub(super) fn meters<'p>(
        &mut self,
        raw: &[file::Meter],
        plans: &(impl Iterator<Item = &'p Plan> + Clone),
    ) -> Vec<MeterRule> {
        let mut units: Vec<(Option<&str>, usize)> = Vec::new();
        let mut rules = Vec::new();
        for meter in raw {
            let at = meter_place(meter);
            let unit = meter.unit.as_ref().map(|unit| unit.get_ref().as_str());
            match units.iter().find(|(known, _)| *known == unit) {
                Some((_, first)) => {
                    let message = format!("this is counted before, on line {}", self.line(*first));
                    self.wrong(at, message, "a unit has one meter");
                }
                None => units.push((unit, at)),
            }
            self.is_counted(unit, at, plans.clone());
            rules.extend(self.meter(meter));
        }
        if let Some(meter) = raw
            .iter()
            .filter(|meter| meter.unit.is_some())
            .nth(MAX_METERS)
        {
            let message = format!("there are more than {MAX_METERS} units with meters");
            self.wrong(meter_place(meter), message, "count fewer things apart");
        }
        rules
    }

    /// A meter that counts for nobody is probably misspelt.
    fn is_counted<'p>(
        &mut self,
        unit: Option<&str>,
        at: usize,
        plans: impl Iterator<Item = &'p Plan>,
    ) {
        let Some(unit) = unit else { return };
        let counts = |policy: &Policy| policy.unit() == Some(unit);
        if !plans.flat_map(Plan::policies).any(counts) {
            let unit = unit.escape_debug();
            let message = format!("no policy counts the unit `{unit}`");
            self.warnings.push(Found::new(at, message));
        }
    }

    fn meter(&mut self, raw: &file::Meter) -> Option<MeterRule> {
        let cost = match &raw.cost {
            Some(cost) => self.count(cost, "a cost")?,
            None => 1,
        };
        let on = match &raw.on {
            Some(on) => {
                if on.get_ref().is_empty() {
                    let hint = "name paths, as in `on = [\"POST /v1/chat\"]`, or leave `on` out";
                    self.wrong(on.span().start, "this costs nothing anywhere", hint);
                }
                let places: Vec<_> = on.get_ref().iter().map(|word| self.place(word)).collect();
                Some(places.into_iter().collect::<Option<Vec<_>>>()?)
            }
            None => None,
        };
        let charge = match (&raw.charge, raw.failed, raw.lost) {
            (None, None, None) => None,
            (word, failed, lost) => Some(self.charge(word.as_ref(), failed, lost)?),
        };
        Some(MeterRule {
            unit: raw.unit.as_ref().map(|unit| unit.get_ref().clone()),
            cost,
            on,
            charge,
        })
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

    fn charge(
        &mut self,
        word: Option<&Word>,
        failed: Option<Fate>,
        lost: Option<Fate>,
    ) -> Option<(String, Charge)> {
        let (text, mut charge) = match word {
            Some(word) => (word.get_ref().as_str(), self.used(word)?),
            None => ("what it costs", Charge::estimated()),
        };
        let mut text = text.to_owned();
        for (fate, name) in [(failed, "failed"), (lost, "lost")] {
            let Some(fate) = fate else { continue };
            let (outcome, what) = match fate {
                Fate::Keep => (Outcome::Keep, "kept"),
                Fate::Refund => (Outcome::Cancel, "refunded"),
            };
            charge = match name {
                "failed" => charge.with_failed(outcome),
                _ => charge.with_lost(outcome),
            };
            text = format!("{text}, {what} if {name}");
        }
        Some((text, charge))
    }

    /// What says what was used.
    fn used(&mut self, word: &Word) -> Option<Charge> {
        let text = word.get_ref();
        let (kind, argument) = text.split_once(':').unwrap_or((text, ""));
        let at = self.inside(&word.span(), text, kind.len() + 1);
        match (kind, argument) {
            ("successes", "") if text == kind => Some(Charge::of_successes()),
            ("header", _) => self
                .header_name(word, "header:".len())
                .map(Charge::by_header),
            ("field", path) if !path.split('.').any(str::is_empty) => Some(Charge::by_field(path)),
            ("field", _) => {
                let hint = "name the members that lead to it, as in `field:usage.total_tokens`";
                self.wrong(at, "this is no field of JSON", hint);
                None
            }
            ("bytes", size) => match size.parse().ok().filter(|size: &u32| *size > 0) {
                Some(size) => Some(Charge::by_bytes(size)),
                None => {
                    let hint = "say how many bytes are one unit, as in `bytes:1` or `bytes:1024`";
                    self.wrong(at, "this is no number of bytes", hint);
                    None
                }
            },
            _ => {
                let message = "nothing says so what was used";
                self.wrong(word.span().start, message, suggest(text, &CHARGES));
                None
            }
        }
    }
}

fn meter_place(meter: &file::Meter) -> usize {
    let unit = meter.unit.as_ref().map(|unit| unit.span().start);
    let charge = meter.charge.as_ref().map(|charge| charge.span().start);
    let cost = meter.cost.as_ref().map(|cost| cost.span().start);
    unit.or(charge).or(cost).unwrap_or_default()
}
