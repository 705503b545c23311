//! Endpoints: what binds a caller on some paths only.
//!
//! What is spent at an endpoint is counted apart from the caller's plan and from other endpoints. But
//! the headers tell policies apart by name only, so the two that may bind one request, the plan's and
//! the endpoint's, are not to be called alike.

use http::{HeaderName, HeaderValue, Method};
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
    ) -> Vec<EndpointRule> {
        let mut rules: Vec<EndpointRule> = Vec::new();
        let mut places: Vec<usize> = Vec::new();
        for raw in raw {
            let (at, policies_at) = (raw.prefix.span().start, raw.policies.span().start);
            let Some(rule) = self.endpoint(raw) else {
                continue;
            };
            if let Some(first) = rules.iter().position(|other| other.same_requests(&rule)) {
                let line = self.line(places[first]);
                let message = format!(
                    "an endpoint before this one, on line {line}, has the same prefix, method and header"
                );
                self.wrong(at, message, "put the policies of both into one");
            }
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

    fn endpoint(&mut self, raw: file::Endpoint) -> Option<EndpointRule> {
        let method = raw
            .method
            .map(|method| self.method(method.span().start, method.get_ref()));
        let header = match &raw.header {
            Some(word) => Some(self.mark(word)?),
            None => None,
        };
        let plan = self.plan(raw.prefix.get_ref(), &raw.policies);
        let at = raw.prefix.span().start;
        let prefix = raw.prefix.into_inner();
        if !prefix.starts_with('/') || prefix.contains(['?', '#']) {
            let hint = "write it as in `/api/v1/chat`; it covers the paths below it too";
            self.wrong(
                at,
                "a prefix is a path that begins with `/`, without `?` or `#`",
                hint,
            );
        }
        let hint = "leave it out: a prefix covers what is below it (a path that has one is `%2A`)";
        self.no_wildcard(at, &prefix, hint);
        Some(EndpointRule {
            prefix,
            method: method.flatten(),
            header,
            plan: plan?,
            instead: raw.instead,
        })
    }

    /// `NAME`, or `NAME: VALUE`.
    fn mark(&mut self, word: &Word) -> Option<(HeaderName, Option<HeaderValue>)> {
        let (name, value) = match word.get_ref().split_once(':') {
            Some((name, value)) => (name.trim_end(), Some(value.trim())),
            None => (word.get_ref().as_str(), None),
        };
        let name = HeaderName::from_bytes(name.as_bytes()).ok();
        let is_text = |value: &&str| {
            !value.is_empty() && value.bytes().all(|b| b.is_ascii_graphic() || b == b' ')
        };
        let value = value.map(|value| Some(value).filter(is_text)?.parse().ok());
        match (name, value) {
            (Some(name), None) => Some((name, None)),
            (Some(name), Some(Some(value))) => Some((name, Some(value))),
            _ => {
                let hint = "write it as in `x-background: true`, or `x-background` for any value";
                self.wrong(word.span().start, "this is no header", hint);
                None
            }
        }
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
    fn same_requests(&self, other: &Self) -> bool {
        (&self.method, &self.header) == (&other.method, &other.header)
            && segments(&self.prefix) == segments(&other.prefix)
    }
}
