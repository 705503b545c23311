//! What binds every request by its address, beside the plan of its caller.
//!
//! Both are stated in one set of headers, which tell policies apart by name only. So this plan is
//! nobody's own, and none of its policies is called as one of theirs.

use ratelimit_core::Plan;

use super::super::file::Word;
use super::super::syntax::suggest;
use super::Checker;
use super::plans::Plans;

const BY_ADDRESS: &str = "by-address:";

/// The name of the plan that this word names.
pub(super) fn plan_of(word: &Word) -> Option<&str> {
    word.get_ref().strip_prefix(BY_ADDRESS)
}

impl Checker<'_> {
    /// The last to look for plans: who has them otherwise must be known.
    pub(super) fn also(&mut self, word: &Word, plans: &mut Plans) -> Option<Plan> {
        let text = word.get_ref();
        let at = word.span().start;
        let Some(name) = plan_of(word) else {
            let message = "`also` is `by-address:PLAN`";
            self.wrong(at, message, suggest(text, &["by-address:PLAN"]));
            return None;
        };
        let at = self.inside(&word.span(), text, BY_ADDRESS.len());
        if plans.is_used(name) {
            let message = "callers have this plan themselves, and would be counted by it twice";
            self.wrong(at, message, "write a plan for addresses alone");
        }
        let plan = plans.find(self, word, BY_ADDRESS.len())?;
        let others = plans.iter().filter(|other| other.name() != plan.name());
        let shared = others.flat_map(|other| {
            let same = |p: &&_| names(other).any(|name| name == *p);
            names(&plan).find(same).map(|policy| (other, policy))
        });
        if let Some((other, policy)) = shared.into_iter().next() {
            let message = format!(
                "the plan `{}` has a policy `{policy}` too, and headers tell policies apart by name",
                other.name().escape_debug(),
            );
            self.wrong(at, message, "give one of them another name");
        }
        Some(plan)
    }
}

fn names(plan: &Plan) -> impl Iterator<Item = &str> {
    plan.policies().iter().map(ratelimit_core::Policy::name)
}
