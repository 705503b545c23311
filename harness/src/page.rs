//! The tables of `docs/CLIENT.md`, which stand between marks in a page that people wrote.

use ratelimit_tower::BoxError;

use crate::goal::Goal;
use crate::scenario::{FAMILIES, Scenario};
use crate::summary::Summary;
use crate::table::{self, Row, markdown};

/// The columns of the table of families.
pub const FAMILIES_HEADER: [&str; 4] = ["#", "what", "goals hold", "stretch goals hold"];

/// A part of the page that is generated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Block {
    /// How many goals of each family hold.
    Families,
    /// The numbers and goals of all scenarios.
    Scenarios,
    /// What other clients come to.
    Clients,
}

impl Block {
    const fn name(self) -> &'static str {
        match self {
            Self::Families => "families",
            Self::Scenarios => "scenarios",
            Self::Clients => "clients",
        }
    }

    fn marks(self) -> [String; 2] {
        let name = self.name();
        [
            format!("<!-- begin: {name} -->\n"),
            format!("<!-- end: {name} -->"),
        ]
    }
}

/// What stands between the marks of a block.
///
/// # Errors
/// If the page lacks one of the marks.
pub fn block(page: &str, block: Block) -> Result<&str, BoxError> {
    let [begin, end] = block.marks();
    let parts = page.split_once(&begin).and_then(|(_, rest)| {
        let (inner, _) = rest.split_once(&end)?;
        Some(inner)
    });
    parts.ok_or_else(|| {
        format!("the page has no {begin:?} followed by {end:?}: put both where the table belongs")
            .into()
    })
}

/// The page with something else between the marks of a block.
///
/// # Errors
/// If the page lacks one of the marks.
pub fn replaced(page: &str, which: Block, text: &str) -> Result<String, BoxError> {
    let old = block(page, which)?;
    let [begin, end] = which.marks();
    Ok(page.replacen(
        &format!("{begin}{old}{end}"),
        &format!("{begin}{text}{end}"),
        1,
    ))
}

/// The table of families.
#[must_use]
pub fn families(scenarios: &[Scenario], summaries: &[Summary]) -> String {
    let rows: Vec<[String; 4]> = (FAMILIES.iter())
        .map(|family| {
            let ours = scenarios.iter().zip(summaries);
            let ours: Vec<_> = ours.filter(|(one, _)| one.family == family.name).collect();
            let count = |goals: fn(&Scenario) -> &Vec<Goal>| {
                let all = ours.iter().flat_map(|(scenario, summary)| {
                    goals(scenario).iter().map(|goal| goal.holds(summary))
                });
                tally(all)
            };
            [
                family.name.to_owned(),
                family.about.to_owned(),
                count(|scenario| &scenario.goals),
                count(|scenario| &scenario.stretch),
            ]
        })
        .collect();
    markdown(FAMILIES_HEADER, &rows)
}

/// The table of scenarios.
#[must_use]
pub fn scenarios(scenarios: &[Scenario], summaries: &[Summary]) -> String {
    let rows: Vec<Row> = (scenarios.iter().zip(summaries))
        .map(|(scenario, summary)| {
            let mut row = table::row(scenario, summary);
            row[12] = judged(&scenario.goals, summary);
            row[13] = judged(&scenario.stretch, summary);
            row
        })
        .collect();
    markdown(table::HEADER, &rows)
}

/// How many of them hold.
fn tally(all: impl Iterator<Item = bool>) -> String {
    let (mut holding, mut count) = (0, 0);
    for holds in all {
        holding += u32::from(holds);
        count += 1;
    }
    match count {
        0 => "–".to_owned(),
        _ => format!("{holding} of {count}"),
    }
}

/// Every goal, and whether it holds.
fn judged(goals: &[Goal], summary: &Summary) -> String {
    let each = goals.iter().map(|goal| {
        let value = (!goal.is_in_table()).then(|| goal.value(summary));
        let sign = if goal.holds(summary) { '✓' } else { '✗' };
        match value {
            None => format!("{sign} {goal}"),
            Some(value) => format!("{sign} {goal} ({value})"),
        }
    });
    let each: Vec<String> = each.collect();
    if each.is_empty() {
        return "–".to_owned();
    }
    each.join("<br>")
}
