//! What binds callers, and what requests cost.

use std::fmt;

use ratelimit_core::{Algorithm, Plan, Policy};

use super::super::{EndpointRule, MeterRule};
use super::{Summary, counted};

impl Summary<'_> {
    pub(super) fn plans(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let file = self.0;
        writeln!(f, "plans")?;
        let width = file.plans.iter().map(|plan| plan.name().len()).max();
        for plan in &file.plans {
            write!(f, "  {:width$}  ", plan.name(), width = width.unwrap_or(0))?;
            write!(f, "{}", policies(plan))?;
            // Nobody has the plan of `also`.
            let is_for_addresses = file.callers.also.as_ref() == Some(plan);
            if file.callers.keys.is_empty() || is_for_addresses {
                writeln!(f)?;
                continue;
            }
            let holders = file.callers.keys.values().filter(|other| *other == plan);
            writeln!(f, "  ({})", counted(holders.count(), "key"))?;
        }
        Ok(())
    }

    pub(super) fn endpoints(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let endpoints = &self.0.endpoints;
        if endpoints.is_empty() {
            return Ok(());
        }
        writeln!(f, "endpoints, for each caller")?;

        let width = endpoints.iter().map(|rule| rule.title().len()).max();
        for rule in endpoints {
            write!(f, "  {:width$}  ", rule.title(), width = width.unwrap_or(0))?;
            let instead = if rule.instead {
                "  (instead of the plan)"
            } else {
                ""
            };
            writeln!(f, "{}{instead}", policies(&rule.plan))?;
        }
        Ok(())
    }

    pub(super) fn meters(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let meters = &self.0.meters;
        if meters.is_empty() {
            return Ok(());
        }
        writeln!(f, "costs")?;
        for rule in meters {
            let unit = rule.unit.as_deref().unwrap_or("requests");
            writeln!(f, "  {unit}  {}", meter(rule))?;
        }
        Ok(())
    }
}

fn policies(plan: &Plan) -> String {
    let all: Vec<String> = plan.policies().iter().map(policy).collect();
    all.join(", ")
}

fn policy(policy: &Policy) -> String {
    let name = policy.name();
    let unit = policy
        .unit()
        .map(|unit| format!(" {unit}"))
        .unwrap_or_default();
    let algorithm = match policy.algorithm() {
        Algorithm::SlidingLog => "sliding-log",
        Algorithm::SlidingCounter => "sliding-counter",
        Algorithm::FixedWindow => "fixed-window",
        _ => "gcra",
    };
    match (policy.quota(), policy.periods()) {
        (Some(quota), _) => format!("{name} {quota}{unit} {algorithm}"),
        (None, Some(periods)) => format!("{name} {}{unit} per {periods}", policy.limit()),
        (None, None) => format!("{name} {}{unit} at a time", policy.limit()),
    }
}

fn meter(rule: &MeterRule) -> String {
    let mut text = format!("{} each", rule.cost);
    if let Some(on) = &rule.on {
        let place = |(method, prefix): &(Option<http::Method>, String)| match method {
            Some(method) => format!("{method} {prefix}"),
            None => prefix.clone(),
        };
        let places: Vec<String> = on.iter().map(place).collect();
        text = format!("{text} at {}", places.join(", "));
    }
    match &rule.charge {
        Some((charge, _)) => format!("{text}, charged by {charge}"),
        None => text,
    }
}

impl EndpointRule {
    /// What a header has to say may be a secret between a proxy and the gateway, so it is left out.
    fn title(&self) -> String {
        let method = self.method.as_ref().map(|method| format!("{method} "));
        let header = self.header.as_ref().map(|(name, value)| match value {
            Some(_) => format!(" with {name}: ..."),
            None => format!(" with {name}"),
        });
        let (method, header) = (method.unwrap_or_default(), header.unwrap_or_default());
        format!("{method}{}{header}", self.prefix)
    }
}
