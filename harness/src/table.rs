//! Tables, for a terminal and for a page.

use crate::goal::{Goal, Quantity};
use crate::scenario::Scenario;
use crate::summary::Summary;

/// The columns of the table of scenarios.
pub const HEADER: [&str; 14] = [
    "#", "scenario", "server", "sent", "ok", "429", "429 %", "use %", "over %", "Jain", "wait s",
    "lost", "goal", "stretch",
];

/// A row of cells.
pub type Row = [String; 14];

/// The row of a scenario.
#[must_use]
pub fn row(scenario: &Scenario, summary: &Summary) -> Row {
    let cell = |value: Option<f64>, digits: usize| match value {
        Some(value) => format!("{value:.digits$}"),
        None => "–".to_owned(),
    };
    [
        scenario.family.to_owned(),
        scenario.name.clone(),
        scenario.setup.kind.name().to_owned(),
        summary.sent.to_string(),
        summary.ok().to_string(),
        summary.refused.to_string(),
        cell(Quantity::Refused.of(summary), 3),
        cell(Some(100.0 * summary.used), 2),
        cell(Quantity::Over.of(summary), 2),
        cell(summary.jain, 3),
        cell(Some(summary.longest_wait), 1),
        summary.lost.to_string(),
        verdict(&scenario.goals, summary),
        verdict(&scenario.stretch, summary),
    ]
}

/// Whether goals hold, and of those that do not what was measured.
fn verdict(goals: &[Goal], summary: &Summary) -> String {
    if goals.is_empty() {
        return "–".to_owned();
    }
    let missed: Vec<String> = (goals.iter().filter(|goal| !goal.holds(summary)))
        .map(|goal| goal.measured(summary))
        .collect();
    if missed.is_empty() {
        let seen = goals.iter().filter(|goal| !goal.is_in_table());
        let seen = seen.map(|goal| goal.measured(summary));
        let all: Vec<String> = ["✓".to_owned()].into_iter().chain(seen).collect();
        return all.join(" ");
    }
    format!("✗ {}", missed.join(", "))
}

/// Columns that stand below each other.
#[must_use]
pub fn aligned<const N: usize>(header: [&str; N], rows: &[[String; N]]) -> String {
    let header = header.map(str::to_owned);
    let width = |column: usize| {
        let cells = std::iter::once(&header).chain(rows);
        let widths = cells.map(|row| row[column].chars().count());
        widths.max().unwrap_or(0)
    };
    let widths: [usize; N] = std::array::from_fn(width);
    let mut text = String::new();
    for row in std::iter::once(&header).chain(rows) {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(widths) {
            if cell.starts_with(|c: char| c.is_ascii_digit() || c == '–' || c == '-') {
                line += &format!("{cell:>width$}  ");
            } else {
                line += &format!("{cell:<width$}  ");
            }
        }
        text += line.trim_end();
        text.push('\n');
    }
    text
}

/// The same in Markdown.
#[must_use]
pub fn markdown<const N: usize>(header: [&str; N], rows: &[[String; N]]) -> String {
    let mut text = format!("| {} |\n|{}\n", header.join(" | "), "---|".repeat(N));
    for row in rows {
        text += &format!("| {} |\n", row.join(" | "));
    }
    text
}
