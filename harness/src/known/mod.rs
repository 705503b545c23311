//! The goals that do not hold, and why.
//!
//! A goal that is missed is said, not hidden: the page has this list as "What does not hold", and the tests hold the runs
//! against it. A miss that is not on the list fails, one that is worse than the list allows fails, and so
//! does one that is no more: what was mended leaves the list, and nothing joins it unseen.

mod list;

use crate::goal::{Goal, Quantity};
use crate::scenario::Scenario;
use crate::setup::Kind;
use crate::summary::Summary;

pub use list::CAUSES;

/// Something that the client cannot do, or does not yet, and the goals that are missed by it.
#[derive(Clone, Copy, Debug)]
pub struct Cause {
    /// In sentences.
    pub why: &'static str,
    /// What is missed by it.
    pub missed: &'static [Known],
}

/// A goal that is missed.
#[derive(Clone, Copy, Debug)]
pub struct Known {
    /// The family of the scenario.
    pub family: &'static str,
    /// Its name.
    pub scenario: &'static str,
    /// Its server.
    pub kind: Kind,
    /// Of what the goal is.
    pub quantity: Quantity,
    /// How far from the goal it may be, over the seeds to judge by and over those of the short form.
    pub worst: f64,
}

/// What became of a goal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It holds.
    Holds,
    /// It does not, as the list says.
    Known,
    /// It does not, and the list does not have it.
    Missed,
    /// The list has it, but it is worse than that.
    Worse,
    /// The list has it, but it holds.
    Mended,
}

impl Verdict {
    /// What is to be done if the list is not right.
    #[must_use]
    pub fn advice(self) -> Option<&'static str> {
        match self {
            Self::Holds | Self::Known => None,
            Self::Missed => Some("missed, and not known: mend it"),
            Self::Worse => Some("worse than what is known: mend it"),
            Self::Mended => Some("holds: take it off the list of what is known to be missed"),
        }
    }
}

/// All that is on the list.
pub fn all() -> impl Iterator<Item = &'static Known> {
    CAUSES.iter().flat_map(|cause| cause.missed)
}

/// What the list has about a scenario's goal.
#[must_use]
pub fn of(scenario: &Scenario, goal: &Goal) -> Option<&'static Known> {
    all().find(|known| known.is_of(scenario) && known.quantity == goal.quantity())
}

/// What became of a scenario's goal over the seeds to judge by.
#[must_use]
pub fn verdict(scenario: &Scenario, goal: &Goal, summary: &Summary) -> Verdict {
    match (of(scenario, goal), goal.holds(summary)) {
        (None, true) => Verdict::Holds,
        (None, false) => Verdict::Missed,
        (Some(_), true) => Verdict::Mended,
        (Some(known), false) => within(known.allowed(goal).holds(summary)),
    }
}

/// What became of it over a few of them. These cannot show small shares and means as many do, so the goal has some
/// [slack](Goal::holds_in_few), and what is on the list need not be seen.
#[must_use]
pub fn verdict_of_few(scenario: &Scenario, goal: &Goal, summary: &Summary) -> Verdict {
    match (of(scenario, goal), goal.holds(summary)) {
        (None, _) if goal.holds_in_few(summary) => Verdict::Holds,
        (None, _) => Verdict::Missed,
        (Some(known), _) => within(known.allowed(goal).holds_in_few(summary)),
    }
}

/// How a scenario's goal is judged: [`verdict`] or [`verdict_of_few`].
pub type Judge = fn(&Scenario, &Goal, &Summary) -> Verdict;

/// A line for each goal that is not as the list says, and what to do about it.
#[must_use]
pub fn surprises(scenarios: &[Scenario], summaries: &[Summary], judge: Judge) -> Vec<String> {
    let mut lines = Vec::new();
    for (scenario, summary) in scenarios.iter().zip(summaries) {
        for goal in &scenario.goals {
            if let Some(advice) = judge(scenario, goal, summary).advice() {
                let (family, name) = (scenario.family, &scenario.name);
                let kind = scenario.setup.kind.name();
                let measured = goal.measured(summary);
                lines.push(format!("{family} {name}, {kind}: {measured}: {advice}"));
            }
        }
    }
    lines
}

impl Known {
    /// Whether it is about this scenario.
    #[must_use]
    pub fn is_of(&self, scenario: &Scenario) -> bool {
        (self.family, self.scenario, self.kind)
            == (scenario.family, &scenario.name, scenario.setup.kind)
    }

    fn allowed(&self, goal: &Goal) -> Goal {
        goal.with_bound(self.worst)
    }
}

fn within(is_within: bool) -> Verdict {
    match is_within {
        true => Verdict::Known,
        false => Verdict::Worse,
    }
}

const fn missed(
    family: &'static str,
    scenario: &'static str,
    kind: Kind,
    quantity: Quantity,
    worst: f64,
) -> Known {
    Known {
        family,
        scenario,
        kind,
        quantity,
        worst,
    }
}
