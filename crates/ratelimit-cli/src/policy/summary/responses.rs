//! What callers are told.

use std::fmt;

use ratelimit_headers::Existing;

use super::super::families;
use super::super::file::BodyStyle;
use super::Summary;

impl Summary<'_> {
    pub(super) fn responses(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.headers(f)?;
        self.refusals(f)?;
        for (name, value) in &self.0.responses.set {
            let value = value.to_str().unwrap_or_default();
            writeln!(f, "           every response has {name}: {value}")?;
        }
        Ok(())
    }

    fn headers(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
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
            "" => writeln!(f, "headers    none"),
            families => writeln!(f, "headers    {families}, {existing}"),
        }
    }

    fn refusals(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let body = match self.0.responses.body {
            BodyStyle::ErrorJson => "an error object",
            BodyStyle::Problem => "problem details (RFC 9457)",
            BodyStyle::Empty => "no body",
        };
        write!(f, "refusals   {body}")?;
        let own = self.own_words();
        if !own.is_empty() {
            write!(f, "; words of their own for {}", own.join(", "))?;
        }
        match self.0.responses.grpc {
            true => writeln!(f, "; gRPC in its own form"),
            false => writeln!(f),
        }
    }

    /// For what the file has a body of its own.
    fn own_words(&self) -> Vec<&'static str> {
        let refusals = &self.0.refusals;
        let own = [
            (&refusals.rate, "rates"),
            (&refusals.quota, "quotas"),
            (&refusals.concurrency, "concurrency"),
            (&refusals.cost, "costs"),
            (&refusals.key, "keys"),
        ];
        let own = own.into_iter().filter(|(template, _)| template.is_some());
        own.map(|(_, what)| what).collect()
    }
}
