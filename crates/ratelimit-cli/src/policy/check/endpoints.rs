//! Endpoints: what binds a caller on some paths only.
//!
//! What is spent at an endpoint is counted apart from the caller's plan and from other endpoints. But
//! the headers tell policies apart by name only, so the two that may bind one request, the plan's and
//! the endpoint's, are not to be called alike.

use http::{HeaderName, Method};
use ratelimit_core::Plan;

use super::super::EndpointRule;
use super::super::file::{self, Word};
use super::Checker;
use super::path::segments;
use super::plans::Plans;

impl Checker<'_> {
    pub(super) fn endpoints(
        &mut self,
        raw: Vec<file::Endpoint>,
        plans: &Plans,
        also: Option<&Plan>,
        credentials: &[HeaderName],
    ) -> Vec<EndpointRule> {
        let mut rules: Vec<EndpointRule> = Vec::new();
        let mut places: Vec<usize> = Vec::new();
        for raw in raw {
            let (at, policies_at) = (raw.prefix.span().start, raw.policies.span().start);
            let Some(rule) = self.endpoint(raw, credentials) else {
                continue;
            };
            self.tell_apart((at, &rule), places.iter().copied().zip(&rules));
            if rule.instead {
                self.names_apart(policies_at, &rule.plan, also);
            } else {
                self.names_apart(policies_at, &rule.plan, plans.iter());
            }
            rules.push(rule);
            places.push(at);
        }
        rules
    }

    /// That it is known which of the endpoints binds a request, this one or one before it.
    fn tell_apart<'r>(
        &mut self,
        (at, rule): (usize, &EndpointRule),
        before: impl Iterator<Item = (usize, &'r EndpointRule)> + Clone,
    ) {
        let mut here = before.filter(|(_, other)| other.is_at_the_same(rule));
        if let Some((first, _)) = here.clone().find(|(_, other)| other.header == rule.header) {
            let line = self.line(first);
            let message = format!(
                "an endpoint before this one, on line {line}, has the same prefix, method and header"
            );
            self.wrong(at, message, "put the policies of both into one");
        }
        if let Some(first) = here.find(|(_, other)| other.is_marked_otherwise(rule)) {
            self.warn_of_both_marks(first, (at, rule));
        }
    }

    fn endpoint(
        &mut self,
        raw: file::Endpoint,
        credentials: &[HeaderName],
    ) -> Option<EndpointRule> {
        let method = raw
            .method
            .map(|method| self.method(method.span().start, method.get_ref()));
        let header = match &raw.header {
            Some(word) => Some(self.mark(word, credentials)?),
            None => None,
        };
        let plan = self.plan(raw.prefix.get_ref(), &raw.policies);
        self.prefix(&raw.prefix);
        Some(EndpointRule {
            prefix: raw.prefix.into_inner(),
            method: method.flatten(),
            header,
            plan: plan?,
            instead: raw.instead,
        })
    }

    fn prefix(&mut self, word: &Word) {
        let (at, prefix) = (word.span().start, word.get_ref());
        if !prefix.starts_with('/') || prefix.contains(['?', '#']) {
            let hint = "write it as in `/api/v1/chat`; it covers the paths below it too";
            self.wrong(
                at,
                "a prefix is a path that begins with `/`, without `?` or `#`",
                hint,
            );
        }
        let hint = "leave it out: a prefix covers what is below it (a path that has one is `%2A`)";
        self.no_wildcard(at, prefix, hint);
    }

    pub(super) fn method(&mut self, at: usize, text: &str) -> Option<Method> {
        let method = Method::from_bytes(text.as_bytes()).ok();
        // Methods are case-sensitive, so `post` would never match anything.
        if method.is_none() || text.to_ascii_uppercase() != *text {
            let message = format!("`{}` is not a method", text.escape_debug());
            self.wrong(at, message, "methods are written as in `POST`");
            return None;
        }
        method
    }

    fn names_apart<'p>(
        &mut self,
        at: usize,
        endpoint: &Plan,
        plans: impl IntoIterator<Item = &'p Plan, IntoIter: Clone>,
    ) {
        let plans = plans.into_iter();
        for policy in endpoint.policies() {
            let same = |plan: &&Plan| plan.policies().iter().any(|p| p.name() == policy.name());
            if let Some(plan) = plans.clone().find(same) {
                let message = format!(
                    "the plan `{}` has a policy `{}` too, and headers tell policies apart by name",
                    plan.name().escape_debug(),
                    policy.name()
                );
                self.wrong(at, message, "give the endpoint's policy another name");
            }
        }
    }
}

impl EndpointRule {
    fn is_at_the_same(&self, other: &Self) -> bool {
        self.method == other.method && segments(&self.prefix) == segments(&other.prefix)
    }
}
