//! What a policy file says, for people. Keys are counted, never shown.

use std::fmt;

use ratelimit_core::{Algorithm, Plan, Policy};
use ratelimit_headers::Existing;
use ratelimit_tower::limit::Anonymous;

use super::file::BodyStyle;
use super::{EndpointRule, KeySource, MeterRule, PolicyFile, families};

/// Prints what a file says.
#[derive(Debug)]
pub struct Summary<'f>(&'f PolicyFile);

impl PolicyFile {
    /// The file in a few lines.
    #[must_use]
    pub fn summary(&self) -> Summary<'_> {
        Summary(self)
    }
}

impl fmt::Display for Summary<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let file = self.0;
        if let Some(name) = &file.name {
            writeln!(f, "name       {}", name.escape_debug())?;
        }
        self.callers(f)?;
        self.responses(f)?;
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
        self.endpoints(f)?;
        self.meters(f)?;
        self.usage(f)?;
        self.skipped(f)?;
        if file.shadow {
            writeln!(
                f,
                "shadow     limits are counted and stated, and nobody is refused"
            )?;
        }
        Ok(())
    }
}

impl Summary<'_> {
    fn callers(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
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
        writeln!(f, "callers    {found}")?;
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

    fn responses(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let responses = &self.0.responses;
        let families = families::of(responses.dialects).map(|family| family.headers);
        let families: Vec<&str> = families.collect();
        let existing = match responses.existing {
            Existing::Merge => "merged with the upstream's",
            Existing::Replace => "in place of the upstream's",
            Existing::Keep => "unless the upstream has its own",
            // A file cannot ask for anything else.
            _ => "in a way of their own",
        };
        match families.join(", ").as_str() {
            "" => writeln!(f, "headers    none")?,
            families => writeln!(f, "headers    {families}, {existing}")?,
        }
        let body = match responses.body {
            BodyStyle::ErrorJson => "an error object",
            BodyStyle::Problem => "problem details (RFC 9457)",
            BodyStyle::Empty => "no body",
        };
        write!(f, "refusals   {body}")?;
        let refusals = &self.0.refusals;
        let own = [
            (&refusals.rate, "rates"),
            (&refusals.quota, "quotas"),
            (&refusals.concurrency, "concurrency"),
            (&refusals.cost, "costs"),
            (&refusals.key, "keys"),
        ];
        let own = own.into_iter().filter(|(template, _)| template.is_some());
        let own: Vec<&str> = own.map(|(_, what)| what).collect();
        if !own.is_empty() {
            write!(f, "; words of their own for {}", own.join(", "))?;
        }
        writeln!(
            f,
            "{}",
            if responses.grpc {
                "; gRPC in its own form"
            } else {
                ""
            }
        )?;
        for (name, value) in &responses.set {
            let value = value.to_str().unwrap_or_default();
            writeln!(f, "           every response has {name}: {value}")?;
        }
        Ok(())
    }

    fn skipped(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let paths = self.0.skip.iter().map(|path| path.text().escape_debug());
        let paths: Vec<String> = paths.map(|path| path.to_string()).collect();
        if paths.is_empty() {
            return Ok(());
        }
        writeln!(
            f,
            "skipped    {} (unlimited, for everybody)",
            paths.join(", ")
        )
    }

    fn meters(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
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

    fn usage(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(usage) = &self.0.usage else {
            return Ok(());
        };
        let page = usage.page.as_ref();
        let page = page.map(|page| format!(", as a page at {}", page.text().escape_debug()));
        let path = usage.path.text().escape_debug();
        writeln!(f, "usage      told at {path}{}", page.unwrap_or_default())
    }

    fn endpoints(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
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
    fn title(&self) -> String {
        let method = self.method.as_ref().map(|method| format!("{method} "));
        let header = self.header.as_ref().map(|(name, value)| match value {
            Some(value) => format!(" with {name}: {}", value.to_str().unwrap_or_default()),
            None => format!(" with {name}"),
        });
        let (method, header) = (method.unwrap_or_default(), header.unwrap_or_default());
        format!("{method}{}{header}", self.prefix)
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

fn counted(count: usize, what: &str) -> String {
    let s = if count == 1 { "" } else { "s" };
    format!("{count} {what}{s}")
}
