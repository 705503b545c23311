//! The page shows the scenarios that there are, and asks of each what the code asks. Its numbers are of the day on
//! which it was written.

use std::path::Path;

use ratelimit_harness::page::{self, Block, FAMILIES_HEADER};
use ratelimit_harness::scenario::{self, FAMILIES};
use ratelimit_harness::{Goal, baseline, table};

fn text() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/CLIENT.md");
    std::fs::read_to_string(path).expect("docs/CLIENT.md is there")
}

/// The cells of a block's header and of its rows.
fn cells(block: Block) -> (Vec<String>, Vec<Vec<String>>) {
    let text = text();
    let block = page::block(&text, block).expect("the page has all marks");
    let cells = |line: &str| -> Vec<String> {
        let inner = line.trim_start_matches("| ").trim_end_matches(" |");
        inner.split(" | ").map(str::to_owned).collect()
    };
    let mut lines = block.lines();
    let header = cells(lines.next().expect("a table has a header"));
    (header, lines.skip(1).map(cells).collect())
}

/// The goals of a cell, without what became of them.
fn asked(cell: &str) -> Vec<String> {
    let each = cell.split("<br>").filter(|goal| *goal != "–");
    each.map(|goal| {
        let goal = goal.trim_start_matches(['✓', '✗', ' ']);
        goal.split(" (").next().unwrap_or_default().to_owned()
    })
    .collect()
}

fn texts(goals: &[Goal]) -> Vec<String> {
    goals.iter().map(Goal::to_string).collect()
}

#[test]
fn the_table_of_scenarios_is_that_of_the_code() {
    let (header, rows) = cells(Block::Scenarios);
    assert_eq!(header, table::HEADER);
    let all = scenario::all();
    assert_eq!(rows.len(), all.len());
    for (row, scenario) in rows.iter().zip(&all) {
        let kind = scenario.setup.kind.name();
        assert_eq!(row[..3], [scenario.family, &scenario.name, kind]);
        assert_eq!(asked(&row[12]), texts(&scenario.goals), "{row:?}");
        assert_eq!(asked(&row[13]), texts(&scenario.stretch), "{row:?}");
    }
}

#[test]
fn the_table_of_families_is_that_of_the_code() {
    let (header, rows) = cells(Block::Families);
    assert_eq!(header, FAMILIES_HEADER);
    let shown: Vec<_> = rows.iter().map(|row| [&row[0][..], &row[1]]).collect();
    let known = FAMILIES.map(|family| [family.name, family.about]);
    assert_eq!(shown, known);
}

#[test]
fn the_table_of_clients_is_that_of_the_code() {
    let (header, rows) = cells(Block::Clients);
    assert_eq!(header, baseline::HEADER);
    let shown: Vec<_> = rows.iter().map(|row| &row[0][..]).collect();
    let known: Vec<_> = baseline::subjects().iter().map(|s| s.name()).collect();
    assert_eq!(shown, known);
    assert_eq!(baseline::scenarios().len() + 1, baseline::HEADER.len());
}
