//! Plans: lists of policies.

use std::collections::BTreeMap;
use std::ops::Range;

use ratelimit_core::{Plan, PlanError};
use toml::Spanned;

use super::super::error::Found;
use super::super::file::{self, Word};
use super::super::syntax::suggest;
use super::Checker;

/// The plans of a file, in its order.
pub(super) struct Plans(Vec<Entry>);

struct Entry {
    name: Word,
    /// Absent if the plan is wrong; that was said already.
    plan: Option<Plan>,
    used: bool,
}

impl Plans {
    pub(super) fn check(checker: &mut Checker<'_>, raw: BTreeMap<Word, file::Plan>) -> Self {
        if raw.is_empty() {
            let example = "[plans.starter] with policies = \
                           [{ name = \"minute\", algorithm = \"sliding-log\", quota = \"60/1m\" }]";
            checker.wrong(
                0,
                "there are no plans",
                format!("write one, such as {example}"),
            );
        }
        let mut raw: Vec<_> = raw.into_iter().collect();
        raw.sort_by_key(|(name, _)| name.span().start);
        let entry = |(name, raw): (Word, file::Plan)| Entry {
            plan: checker.plan(name.get_ref(), &raw.policies),
            name,
            used: false,
        };
        Self(raw.into_iter().map(entry).collect())
    }

    /// The plan that a word names, `offset` bytes from the word's beginning.
    pub(super) fn find(
        &mut self,
        checker: &mut Checker<'_>,
        word: &Word,
        offset: usize,
    ) -> Option<Plan> {
        let name = &word.get_ref()[offset..];
        if let Some(entry) = self.0.iter_mut().find(|entry| entry.name.get_ref() == name) {
            entry.used = true;
            return entry.plan.clone();
        }
        let names: Vec<&str> = self.0.iter().map(|e| e.name.get_ref().as_str()).collect();
        let at = match offset {
            0 => word.span().start,
            offset => checker.inside(&word.span(), word.get_ref(), offset),
        };
        // The name is not repeated: where key and plan are mixed up, it is a key.
        checker.wrong(at, "there is no such plan", suggest(name, &names));
        None
    }

    /// Whether a plan of this name was found before.
    pub(super) fn is_used(&self, name: &str) -> bool {
        let mut all = self.0.iter();
        all.any(|entry| entry.used && entry.name.get_ref() == name)
    }

    pub(super) fn warn_of_unused(&self, checker: &mut Checker<'_>) {
        for entry in self.0.iter().filter(|entry| !entry.used) {
            let name = entry.name.get_ref().escape_debug();
            let warning = Found::new(
                entry.name.span().start,
                format!("nobody has the plan `{name}`"),
            );
            checker.warnings.push(warning);
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Plan> + Clone {
        self.0.iter().filter_map(|entry| entry.plan.as_ref())
    }

    pub(super) fn into_plans(self) -> Vec<Plan> {
        self.0.into_iter().filter_map(|entry| entry.plan).collect()
    }
}

impl Checker<'_> {
    /// A plan of these policies, if each of them makes sense, and all of them together.
    pub(super) fn plan(&mut self, name: &str, raw: &Spanned<Vec<file::Policy>>) -> Option<Plan> {
        let policies: Vec<_> = raw
            .get_ref()
            .iter()
            .map(|policy| self.policy(policy))
            .collect();
        let policies: Option<Vec<_>> = policies.into_iter().collect();
        match Plan::new(name.to_owned(), policies?) {
            Ok(plan) => return Some(plan),
            Err(error) => {
                if let PlanError::Name(name) = &error {
                    self.bad_name(name, raw, &error);
                    return None;
                }
                let (at, hint) = locate(&error, raw.get_ref(), &raw.span());
                let first = self.first(&error, raw.get_ref());
                self.wrong(at, format!("{error}{first}"), hint);
            }
        }
        None
    }

    /// Where a policy of the same name is, if that is what is wrong.
    fn first(&self, error: &PlanError, raw: &[file::Policy]) -> String {
        let PlanError::Duplicate(name) = error else {
            return String::new();
        };
        let first = raw.iter().find(|policy| policy.name.get_ref() == name);
        let line = first.map(|policy| self.line(policy.name.span().start));
        line.map_or(String::new(), |line| format!(", the first on line {line}"))
    }
}

/// Where in the file policies do not make a plan, and what to do.
fn locate(error: &PlanError, raw: &[file::Policy], span: &Range<usize>) -> (usize, &'static str) {
    let named = |name: &str| raw.iter().rfind(|policy| policy.name.get_ref() == name);
    match error {
        PlanError::Duplicate(name) => {
            let at = named(name).map_or(span.start, |policy| policy.name.span().start);
            (
                at,
                "what is spent is counted by name, so each policy of a plan needs its own",
            )
        }
        PlanError::Burst(name) => {
            let quota = named(name).and_then(|policy| policy.quota.as_ref());
            let at = quota.map_or(span.start, |quota| quota.span().start);
            (at, "leave `;burst=` out, or use `algorithm = \"gcra\"`")
        }
        PlanError::Empty => (
            span.start,
            "write one, such as { name = \"minute\", quota = \"60/1m\" }",
        ),
        _ => (span.start, "use fewer policies"),
    }
}
