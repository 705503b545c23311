//! The goals that do not hold.

use crate::goal::Goal;
use crate::scenario::Scenario;
use crate::summary::Summary;

/// How a goal is judged: [`Goal::holds`], or for few runs [`Goal::holds_in_few`].
pub type Judge = fn(&Goal, &Summary) -> bool;

/// A line for each goal that is missed; stretch goals are not looked at.
#[must_use]
pub fn missed(scenarios: &[Scenario], summaries: &[Summary], holds: Judge) -> Vec<String> {
    let mut lines = Vec::new();
    for (scenario, summary) in scenarios.iter().zip(summaries) {
        for goal in scenario.goals.iter().filter(|goal| !holds(goal, summary)) {
            let (family, name) = (scenario.family, &scenario.name);
            let kind = scenario.setup.kind.name();
            let measured = goal.measured(summary);
            lines.push(format!("{family} {name}, {kind}: {measured}"));
        }
    }
    lines
}
