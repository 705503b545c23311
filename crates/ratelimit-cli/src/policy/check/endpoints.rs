//! Endpoints: what binds a caller on some paths only.
//!
//! Danger: what is spent is counted by (caller, name of the policy). An endpoint whose policy is
//! called like one of the caller's plan would be charged twice in one place, and two endpoints whose
//! policies share a name share a budget. The first is refused; the second is meant only if both say
//! the same, so anything else is refused too.

use http::Method;
use ratelimit_core::{Plan, Policy};

use super::super::EndpointRule;
use super::super::file::{self, Word};
use super::Checker;
use super::plans::Plans;

impl Checker<'_> {
    pub(super) fn endpoints(
        &mut self,
        raw: Vec<file::Endpoint>,
        plans: &Plans,
    ) -> Vec<EndpointRule> {
        let mut rules: Vec<EndpointRule> = Vec::new();
        for raw in raw {
            let (at, policies_at) = (raw.prefix.span().start, raw.policies.span().start);
            let Some(rule) = self.endpoint(raw) else {
                continue;
            };
            if rules.iter().any(|other| other.same_requests(&rule)) {
                let message = "an endpoint before this one has the same prefix and method";
                self.wrong(at, message, "put the policies of both into one");
            }
            if !rule.instead {
                self.names_apart(policies_at, &rule.plan, plans);
            }
            for other in &rules {
                self.shared_alike(policies_at, &rule.plan, &other.plan);
            }
            rules.push(rule);
        }
        rules
    }

    fn endpoint(&mut self, raw: file::Endpoint) -> Option<EndpointRule> {
        let method = raw.method.map(|method| self.method(&method));
        let plan = self.plan(raw.prefix.get_ref(), raw.policies);
        let at = raw.prefix.span().start;
        let prefix = raw.prefix.into_inner();
        if !prefix.starts_with('/') || prefix.contains(['?', '#']) {
            let hint = "write it as in `/api/v1/chat`; it covers the paths below it too";
            self.wrong(at, "a prefix is a path that begins with `/`", hint);
        }
        Some(EndpointRule {
            prefix,
            method: method.flatten(),
            plan: plan?,
            instead: raw.instead,
        })
    }

    fn method(&mut self, word: &Word) -> Option<Method> {
        let text = word.get_ref();
        let method = Method::from_bytes(text.as_bytes()).ok();
        // Methods are case-sensitive, so `post` would never match anything.
        if method.is_none() || text.to_ascii_uppercase() != *text {
            let message = format!("`{}` is not a method", text.escape_debug());
            self.wrong(
                word.span().start,
                message,
                "methods are written as in `POST`",
            );
            return None;
        }
        method
    }

    fn names_apart(&mut self, at: usize, endpoint: &Plan, plans: &Plans) {
        for policy in endpoint.policies() {
            let same = |plan: &&Plan| plan.policies().iter().any(|p| p.name() == policy.name());
            if let Some(plan) = plans.iter().find(same) {
                let message = format!(
                    "the plan `{}` has a policy `{}` too, so a request would be counted twice",
                    plan.name().escape_debug(),
                    policy.name()
                );
                self.wrong(at, message, "give the endpoint's policy another name");
            }
        }
    }

    fn shared_alike(&mut self, at: usize, endpoint: &Plan, other: &Plan) {
        let differs = |p: &&Policy| {
            other
                .policies()
                .iter()
                .any(|o| o.name() == p.name() && o != *p)
        };
        if let Some(policy) = endpoint.policies().iter().find(differs) {
            let message = format!(
                "the endpoint `{}` has a policy `{}` too, and it is another one",
                other.name().escape_debug(),
                policy.name()
            );
            let hint = "endpoints whose policies share a name share what is spent: give it another \
                        name, or the same quota";
            self.wrong(at, message, hint);
        }
    }
}

impl EndpointRule {
    fn same_requests(&self, other: &Self) -> bool {
        let trim = |prefix: &str| prefix.trim_end_matches('/').to_owned();
        self.method == other.method && trim(&self.prefix) == trim(&other.prefix)
    }
}
